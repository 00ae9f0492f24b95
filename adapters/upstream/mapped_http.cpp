#include "adapters/upstream/mapped_http.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "adapters/upstream/mapped_follow_up.h"
#include "gateway/domain/text.h"

namespace salam::upstream {

bool holds(const AnswerRule& rule, int status, const ReplyPart& reply) {
  const bool status_fits = rule.statuses.empty() ? status >= 400 && status < 500
                                                 : std::find(rule.statuses.begin(), rule.statuses.end(), status) != rule.statuses.end();
  if (!status_fits || rule.pointer.empty()) return status_fits;
  return std::ranges::any_of(reply.values_at(rule.pointer), [&](const ReplyValue& value) {
    const auto text = matching_form(value.text);
    const auto is_it = [&](const std::string& wanted) { return matching_form(wanted) == text; };
    const auto is_in = [&](const std::string& word) { return text.find(matching_form(word)) != std::string::npos; };
    return std::ranges::any_of(rule.equals, is_it) || std::ranges::any_of(rule.contains, is_in);
  });
}

const AnswerRule* first_that_holds(const std::vector<AnswerRule>& rules, int status, const ReplyPart& reply) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const AnswerRule& rule) { return holds(rule, status, reply); });
  return found == rules.end() ? nullptr : &*found;
}

std::optional<std::string> code_at(const ReplyPart& reply, const ReplyPath& path) {
  return path.empty() ? std::nullopt : reply.code_at(path);
}
std::string words_at(const ReplyPart& reply, const ReplyPath& path) { return path.empty() ? std::string() : reply.words_at(path); }

std::string words_of(const Mapping& mapping, const ReplyPart& reply) {
  for (const auto* const rules : {&mapping.already_exists, &mapping.refused, &mapping.later}) {
    for (const auto& rule : *rules) {
      auto words = words_at(reply, rule.why);
      if (!words.empty()) return words;
    }
  }
  return {};
}

namespace {

std::string_view content_type(BodyFormat format) {
  switch (format) {
    case BodyFormat::json:
      return "application/json";
    case BodyFormat::form:
      return "application/x-www-form-urlencoded; charset=utf-8";
    case BodyFormat::xml:
      return "application/xml; charset=utf-8";
    case BodyFormat::none:
      return {};
  }
  return {};
}

/// The mapping's own header takes the place of ours.
bool sets(const Call& call, std::string_view lower_case_name) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; };
  return std::ranges::any_of(call.headers, [&](const auto& header) { return std::ranges::equal(header.first, lower_case_name, same); });
}

class Search final : public Lookup {
 public:
  Search(const Mapping& mapping, Template::Values values)
      : mapping_(mapping), lookup_(*mapping.lookup), values_(std::move(values)), page_(std::to_string(lookup_.first_page)) {}

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
    if (!items) return Answer<LookupOutcome>{read_outcome<LookupOutcome>(response, said + ", no list where lookup.items points"), said};
    if (auto outcome = judge(*items, whole, response)) return Answer<LookupOutcome>{std::move(*outcome), said};
    return std::nullopt;
  }

 private:
  using Items = std::vector<ReplyPart>;

  std::optional<LookupOutcome> judge(const Items& items, const ReplyPart& whole, const http_client::Response& response) {
    for (const auto& item : items) {
      if (!carries_code(item)) continue;
      if (auto code = item.code_at(lookup_.item_id)) return outcome::Found{std::move(*code)};
      return try_later(response, "the system holds it, but without a code so far");
    }
    return lookup_.next ? follow(items, whole.values_at(*lookup_.next)) : count_on(items);
  }

  [[nodiscard]] bool carries_code(const ReplyPart& item) const {
    const auto ours = values_(Placeholder::code);
    return std::ranges::any_of(item.values_at(lookup_.item_code), [&](const ReplyValue& value) {
      const auto code = TrackingCode::parse(value.text);
      return code && code->digits() == ours;
    });
  }

  /// The reply names its next page.
  std::optional<LookupOutcome> follow(const Items& items, const std::vector<ReplyValue>& next) {
    if (next.empty() && !items.empty() && pages_ == 1) {
      return outcome::Unclear{"the reply says nothing where lookup.next points, so not all may have been read"};
    }
    if (next.empty() || is_last(next.front())) return outcome::Absent{};
    const auto& [kind, page] = next.front();
    if (kind != ReplyValue::Kind::text) return outcome::Unclear{"what stands where lookup.next points is no page"};
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
    if (pages_ >= lookup_.max_pages) return outcome::Unclear{"more pages than lookup.max_pages, so not all were read"};
    ++pages_;
    page_ = std::move(page);
    return std::nullopt;
  }

  Mapping mapping_;
  MappedLookup lookup_;
  Template::Values values_;
  std::string page_;
  std::size_t pages_ = 1;
  std::set<std::string> seen_;
};

/// What no request holds but the mapping or the configuration does.
struct Vocabulary {
  std::shared_ptr<const Mapping> mapping;
  Credentials credentials;
  std::shared_ptr<const ServiceCatalogue> catalogue;

  [[nodiscard]] std::optional<std::string> their_category(const Request& request) const {
    return mapping->categories.find(matching_form(category_of(request)));
  }

  [[nodiscard]] std::string value(Placeholder placeholder, const Request& request) const {
    switch (placeholder) {
      case Placeholder::their_region:
        return mapping->regions.find(request.content.region.wire()).value_or("");
      case Placeholder::their_category:
        return their_category(request).value_or("");
      case Placeholder::their_kind:
        return mapping->kinds.find(std::string(to_string(request.content.kind))).value_or("");
      case Placeholder::service_code:
        return catalogue->code_for(category_of(request));
      case Placeholder::api_key:
      case Placeholder::user:
      case Placeholder::password:
        return secret_of(placeholder, credentials);
      case Placeholder::token:
        return std::string(token_mark);
      default:
        return value_of(placeholder, request);
    }
  }
};

class MappedHttp final : public Protocol {
 public:
  explicit MappedHttp(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)), mapping_(*vocabulary_.mapping) {}

  [[nodiscard]] std::string objection(const Request& request) const override {
    const bool needs_category = mapping_.submit.uses(Placeholder::their_category);
    if (!needs_category || vocabulary_.their_category(request)) return {};
    return "the mapping's [tables.category] has no entry for the category `" + std::string(category_of(request)) + "` and no default";
  }

  [[nodiscard]] http_client::Request submit_request(const Request& request) const override {
    return message_of(mapping_.submit, mapping_.reply_format,
                      [&](Placeholder placeholder) { return vocabulary_.value(placeholder, request); });
  }

  [[nodiscard]] Answer<SubmitOutcome> submit_answer(const Request& request, const http_client::Response& response) const override {
    const auto reply = ReplyBody::read(response, mapping_.reply_format);
    const auto said = describe(response, is_success(response.status) ? std::string() : words_of(mapping_, reply.whole()), &request);
    return {judge(request, response, reply.whole(), said), said};
  }

  [[nodiscard]] bool has_lookup() const override { return mapping_.lookup.has_value(); }
  [[nodiscard]] std::unique_ptr<Lookup> look_up(const Request& request) const override {
    return std::make_unique<Search>(
        mapping_, [request, vocabulary = vocabulary_](Placeholder placeholder) { return vocabulary.value(placeholder, request); });
  }

  [[nodiscard]] bool has_tokens() const override { return false; }
  [[nodiscard]] http_client::Request poll_request(std::string_view /*token*/) const override { return {}; }
  [[nodiscard]] Answer<PollOutcome> poll_answer(std::string_view /*token*/, const http_client::Response& /*response*/) const override {
    return {outcome::NotYet{}, ""};
  }

  [[nodiscard]] std::size_t follow_up_batch() const override { return mapping_.follow_up ? mapping_.follow_up->batch : 0; }
  [[nodiscard]] http_client::Request follow_up_request(std::span<const std::string> codes, Timestamp /*now*/) const override {
    return follow_up_call(mapping_, vocabulary_.credentials, codes);
  }
  [[nodiscard]] Answer<FollowUpOutcome> follow_up_answer(std::span<const std::string> codes,
                                                         const http_client::Response& response) const override {
    return read_follow_up(mapping_, codes, response);
  }
  [[nodiscard]] Result<std::vector<ProgressReport>> read_callback(std::string_view body) const override {
    return upstream::read_callback(mapping_, body);
  }

 private:
  [[nodiscard]] SubmitOutcome judge(const Request& request, const http_client::Response& response, const ReplyPart& reply,
                                    const std::string& said) const {
    const int status = response.status;
    if (holds(mapping_.success, status, reply)) {
      if (auto code = code_at(reply, mapping_.success.code)) return outcome::Registered{std::move(*code)};
      return outcome::Uncertain{said + ": no code that can be relied on"};
    }
    if (const auto* const rule = first_that_holds(mapping_.already_exists, status, reply)) {
      if (auto code = code_at(reply, rule->code)) return outcome::Registered{std::move(*code)};
      return outcome::Uncertain{said + ": exists already, but under which code is not said"};
    }
    if (const auto* const rule = first_that_holds(mapping_.refused, status, reply)) {
      return outcome::Refused{describe(response, words_at(reply, rule->why), &request)};
    }
    if (first_that_holds(mapping_.later, status, reply) != nullptr) return try_later(response, said);
    return submit_outcome(response, said);
  }

  Vocabulary vocabulary_;
  const Mapping& mapping_;
};

}  // namespace

bool Call::uses(Placeholder placeholder) const {
  return path.uses(placeholder) || body.uses(placeholder) ||
         std::ranges::any_of(headers, [&](const auto& header) { return header.second.uses(placeholder); });
}

bool Mapping::uses(Placeholder placeholder) const {
  return submit.uses(placeholder) || (login && login->call.uses(placeholder)) || (lookup && lookup->call.uses(placeholder)) ||
         (follow_up && follow_up->call.uses(placeholder));
}

std::string secret_of(Placeholder placeholder, const Credentials& credentials) {
  if (placeholder == Placeholder::api_key) return credentials.api_key.reveal();
  if (placeholder == Placeholder::user) return credentials.user.reveal();
  return placeholder == Placeholder::password ? credentials.password.reveal() : std::string();
}

std::optional<std::string> CodeTable::find(const std::string& ours) const {
  const auto found = by_ours.find(ours);
  return found == by_ours.end() ? fallback : found->second;
}

http_client::Request message_of(const Call& call, ReplyFormat wanted, const Template::Values& values) {
  http_client::Request message;
  message.method = call.method;
  message.target = call.path.render(values);
  if (!sets(call, "accept"))
    message.headers.emplace_back("Accept", wanted == ReplyFormat::json ? "application/json" : "application/xml, text/xml");
  if (call.format != BodyFormat::none) {
    if (!sets(call, "content-type")) message.headers.emplace_back("Content-Type", content_type(call.format));
    message.body = call.body.render(values);
  }
  for (const auto& [name, value] : call.headers) message.headers.emplace_back(name, value.render(values));
  return message;
}

std::shared_ptr<const Protocol> make_mapped_http(Mapping mapping, Credentials credentials,
                                                 std::shared_ptr<const ServiceCatalogue> catalogue) {
  return std::make_shared<MappedHttp>(
      Vocabulary{std::make_shared<const Mapping>(std::move(mapping)), std::move(credentials), std::move(catalogue)});
}

}  // namespace salam::upstream
