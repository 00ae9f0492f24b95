#include "adapters/upstream/mapped_lookup.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "adapters/upstream/amendment.h"

namespace salam::upstream {
namespace {

class Search final : public Lookup {
 public:
  Search(const Mapping& mapping, const MappedLookup& lookup, Sought sought, Template::Values values)
      : mapping_(mapping),
        lookup_(lookup),
        sought_(std::move(sought)),
        values_(std::move(values)),
        page_(std::to_string(lookup_.first_page)) {}

  [[nodiscard]] http_client::Request request() const override {
    const Template::Values values = [this](Placeholder placeholder) {
      return placeholder == Placeholder::page ? page_ : values_(placeholder);
    };
    return message_of(lookup_.call, mapping_.reply_format, values);
  }

  std::optional<Answer<LookupOutcome>> feed(const http_client::Response& response) override {
    const auto reply = ReplyBody::read(response, mapping_.reply_format);
    const auto whole = reply.whole();
    const bool success = is_success(response.status);
    const auto said = describe(response, success ? std::string() : words_of(mapping_, whole), nullptr);
    if (!success) return Answer<LookupOutcome>{read_outcome<LookupOutcome>(response, said), said};
    const auto items = whole.items_at(lookup_.items);
    if (!items) {
      const auto why = said + ", no list where " + sought_.table + ".items points";
      return Answer<LookupOutcome>{read_outcome<LookupOutcome>(response, why), said};
    }
    if (auto outcome = judge(*items, whole, response)) return Answer<LookupOutcome>{std::move(*outcome), said};
    return std::nullopt;
  }

 private:
  using Items = std::vector<ReplyPart>;

  std::optional<LookupOutcome> judge(const Items& items, const ReplyPart& whole, const http_client::Response& response) {
    for (const auto& item : items) {
      if (!sought_.is_it(item)) continue;
      if (!sought_.code) return outcome::Found{};
      if (auto code = item.code_at(*sought_.code)) return outcome::Found{std::move(*code)};
      return try_later(response, "the system holds it, but without a code so far");
    }
    if (lookup_.whole) return outcome::Absent{};
    return lookup_.next ? follow(items, whole.values_at(*lookup_.next)) : count_on(items);
  }

  /// The reply names its next page.
  std::optional<LookupOutcome> follow(const Items& items, const std::vector<ReplyValue>& next) {
    if (next.empty() && !items.empty() && pages_ == 1) {
      return outcome::Unclear{"the reply says nothing where " + sought_.table + ".next points, so not all may have been read"};
    }
    if (next.empty() || is_last(next.front())) return outcome::Absent{};
    const auto& [kind, page] = next.front();
    if (kind != ReplyValue::Kind::text) return outcome::Unclear{"what stands where " + sought_.table + ".next points is no page"};
    if (!seen_.insert(page).second || page == page_) return outcome::Unclear{"the system names a page twice, so not all could be read"};
    return turn_to(page);
  }

  static bool is_last(const ReplyValue& next) {
    const bool blank = next.text.find_first_not_of(" \t\r\n") == std::string::npos;
    return next.kind == ReplyValue::Kind::null || (next.kind == ReplyValue::Kind::text && blank) ||
           (next.kind == ReplyValue::Kind::scalar && next.text == "false");
  }

  /// Pages are counted until one is empty.
  std::optional<LookupOutcome> count_on(const Items& items) {
    if (items.empty()) return outcome::Absent{};
    if (!lookup_.call.uses(Placeholder::page)) return outcome::Unclear{"the lookup does not page, so the list may be cut"};
    std::string text;
    for (const auto& item : items) text += item.to_text();
    if (!seen_.insert(std::move(text)).second) return outcome::Unclear{"the system repeats a page, so not all could be read"};
    return turn_to(std::to_string(lookup_.first_page + pages_));
  }

  std::optional<LookupOutcome> turn_to(std::string page) {
    if (pages_ >= lookup_.max_pages) return outcome::Unclear{"more pages than " + sought_.table + ".max_pages, so not all were read"};
    ++pages_;
    page_ = std::move(page);
    return std::nullopt;
  }

  Mapping mapping_;
  MappedLookup lookup_;
  Sought sought_;
  Template::Values values_;
  std::string page_;
  std::size_t pages_ = 1;
  std::set<std::string> seen_;
};

template <class Holds>
bool any_at(const ReplyPart& item, const ReplyPath& path, const Holds& holds) {
  return std::ranges::any_of(item.values_at(path), [&](const ReplyValue& value) { return holds(value.text); });
}

}  // namespace

Sought registration_by_code(const MappedLookup& lookup, const Request& request) {
  const auto is_it = [at = lookup.item_code, ours = request.code](const ReplyPart& item) {
    return any_at(item, at, [&](const std::string& text) { return TrackingCode::parse(text) == ours; });
  };
  return {"lookup", is_it, lookup.item_id};
}

Sought amendment_by_mark(const MappedLookup& lookup, const Request& request) {
  const auto is_it = [at = lookup.item_code, mark = amendment_mark(request)](const ReplyPart& item) {
    return any_at(item, at, [&](const std::string& text) { return carries_mark(text, mark); });
  };
  return {"amend_lookup", is_it, std::nullopt};
}

std::unique_ptr<Lookup> make_mapped_lookup(const Mapping& mapping, const MappedLookup& lookup, Sought sought, Template::Values values) {
  return std::make_unique<Search>(mapping, lookup, std::move(sought), std::move(values));
}

}  // namespace salam::upstream
