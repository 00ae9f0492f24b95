#include "adapters/upstream/open311_lookup.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "adapters/upstream/open311_form.h"
#include "adapters/upstream/open311_pages.h"

namespace salam::upstream {
namespace {

/// `start_date` reaches 90 days at most; a search for an older request cannot have seen everything.
constexpr auto reach = std::chrono::days(85);
constexpr auto clock_skew = std::chrono::days(1);
/// Systems cut their lists at round numbers, pages or not (1000 by the standard).
constexpr std::size_t usual_cut = 100;

class Search final : public Lookup {
 public:
  Search(const Open311Settings& settings, const Request& request)
      : settings_(settings), request_(request), pages_(settings, request.received_at - clock_skew, settings.lookup.max_pages) {}

  [[nodiscard]] http_client::Request request() const override {
    Fields filter;
    if (settings_.lookup.kind == LookupKind::attribute) {
      filter.emplace_back(attribute_field(settings_.code_attribute), request_.code.digits());
    }
    return pages_.request(std::move(filter));
  }

  std::optional<Answer<LookupOutcome>> feed(const http_client::Response& response) override {
    if (!is_success(response.status)) {
      const auto why = describe(response, words_of(read_errors(response, settings_.format)), &request_);
      return Answer<LookupOutcome>{read_outcome<LookupOutcome>(response, why), why};
    }
    const auto items = read_requests(response, settings_.format, settings_.lookup.code_at);
    const auto said = describe(response, "", &request_);
    if (!items) return Answer<LookupOutcome>{read_outcome<LookupOutcome>(response, said + ": " + items.error().message), said};
    if (auto outcome = judge(*items, response)) return Answer<LookupOutcome>{std::move(*outcome), said};
    return std::nullopt;
  }

 private:
  std::optional<LookupOutcome> judge(const std::vector<RequestItem>& items, const http_client::Response& response) {
    const auto ours = std::find_if(items.begin(), items.end(), [&](const RequestItem& item) { return carries_code(item); });
    if (ours != items.end()) {
      if (ours->id) return outcome::Found{*ours->id};
      return try_later(response, "the system holds it, but without an id so far");
    }
    if (items.empty()) return nothing_found();
    seen_ += items.size();
    reaches_back_ = reaches_back_ || std::any_of(items.begin(), items.end(), [&](const RequestItem& item) {
                      return item.requested_at && *item.requested_at < request_.received_at;
                    });
    if (auto why = pages_.turn(items)) return outcome::Unclear{std::move(*why)};
    return std::nullopt;
  }

  /// The list has ended without ours.
  [[nodiscard]] LookupOutcome nothing_found() const {
    const auto last_call = request_.registration.intent_at.value_or(request_.received_at);
    if (last_call - request_.received_at > reach) return outcome::Unclear{"received longer ago than one search reaches back"};
    if (seen_ >= usual_cut && seen_ % usual_cut == 0) return outcome::Unclear{"a list of just " + std::to_string(seen_) + " may be cut"};
    if (settings_.lookup.kind == LookupKind::scan && !reaches_back_) {
      return outcome::Unclear{"the list holds nothing from before the request came in, so it may not reach back far enough"};
    }
    return outcome::Absent{};
  }

  [[nodiscard]] bool carries_code(const RequestItem& item) const {
    const auto is_ours = [&](const std::string& text) { return TrackingCode::parse(text) == request_.code; };
    return std::any_of(item.codes.begin(), item.codes.end(), is_ours) || names_request(item.description, request_);
  }

  Open311Settings settings_;
  Request request_;
  Pages pages_;
  std::size_t seen_ = 0;
  bool reaches_back_ = false;
};

class RecentRequests final : public Listing {
 public:
  RecentRequests(const Open311Settings& settings, Timestamp since)
      : format_(settings.format), code_at_(settings.lookup.code_at), pages_(settings, since, most_pages) {}

  [[nodiscard]] http_client::Request request() const override { return pages_.request({}); }

  Result<bool> feed(const http_client::Response& response, std::vector<Held>& held) override {
    if (!is_success(response.status)) return unreadable(describe(response, words_of(read_errors(response, format_)), nullptr));
    const auto items = read_requests(response, format_, code_at_);
    if (!items) return unreadable(describe(response, "", nullptr) + ": " + items.error().message);
    for (const auto& item : *items) {
      if (const auto code = code_in(item)) held.push_back({*code, item.id.value_or("")});
    }
    if (items->empty()) return false;
    if (auto why = pages_.turn(*items)) return unreadable(std::move(*why));
    return true;
  }

 private:
  static constexpr std::size_t most_pages = 100'000;

  static Error unreadable(std::string why) { return {"list_unreadable", std::move(why)}; }

  /// Ours is where our submissions put it: an attribute, and the description's last line.
  [[nodiscard]] static std::optional<TrackingCode> code_in(const RequestItem& item) {
    for (const auto& text : item.codes) {
      if (const auto code = TrackingCode::parse(text)) return code;
    }
    return code_named_in(item.description);
  }

  ReplyFormat format_;
  std::vector<std::string> code_at_;
  Pages pages_;
};

}  // namespace

std::unique_ptr<Lookup> make_open311_lookup(const Open311Settings& settings, const Request& request) {
  return std::make_unique<Search>(settings, request);
}

std::unique_ptr<Listing> make_open311_listing(const Open311Settings& settings, Timestamp since) {
  return std::make_unique<RecentRequests>(settings, since);
}

}  // namespace salam::upstream
