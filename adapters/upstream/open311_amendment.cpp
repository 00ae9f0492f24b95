#include "adapters/upstream/open311_amendment.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "adapters/upstream/amendment.h"
#include "adapters/upstream/open311_call.h"
#include "adapters/upstream/open311_form.h"
#include "adapters/upstream/open311_progress.h"
#include "adapters/upstream/open311_reply.h"
#include "adapters/upstream/open311_rules.h"

namespace salam::upstream {
namespace {

constexpr auto clock_skew = std::chrono::days(1);
/// As far as a list of requests reaches back; the extension names no bound.
constexpr auto reach = std::chrono::days(85);
/// Systems cut their lists at round numbers.
constexpr std::size_t usual_cut = 100;
constexpr std::string_view id_at = "/update_id";

const ListNames& update_names() {
  static const ListNames names{{"service_request_updates", "service_requests_updates"}, {"request_update"}};
  return names;
}

/// Errors: `reply_unreadable`, also where one of the entries is no update.
Result<std::vector<Entry>> read_update_entries(const http_client::Response& response, ReplyFormat format) {
  auto entries = read_entries(response, format, update_names());
  const auto is_update = [](const Entry& entry) { return entry.has(id_at) || entry.has("/service_request_id"); };
  if (entries && !std::ranges::all_of(*entries, is_update)) {
    return Error{"reply_unreadable", "not a list of updates"};
  }
  return entries;
}

/// The request's personal data that its registration does not send.
salam::Fields withheld(const Open311Settings& settings) {
  return not_sent([&](Placeholder placeholder) {
    const bool always = placeholder == Placeholder::last_name || placeholder == Placeholder::phone;
    return always || std::ranges::any_of(settings.attributes, [&](const auto& attribute) { return attribute.second.uses(placeholder); });
  });
}

Timestamp intent_of(const Request& request) { return request.handling.amendment.intent_at.value_or(request.received_at); }

/// The standard wants one, and a system may take it for news: what it says itself, or that it was withdrawn.
std::string status_of(const Request& request) {
  return request.handling.closure || is_final(request.follow_up.progress) ? "closed" : "open";
}

class Search final : public Lookup {
 public:
  Search(const Open311Settings& settings, const Request& request, Timestamp now)
      : settings_(settings), mark_(amendment_mark(request)), intent_(intent_of(request)), now_(now) {}

  [[nodiscard]] http_client::Request request() const override { return updates_call(settings_, intent_ - clock_skew, now_ + clock_skew); }

  std::optional<Answer<LookupOutcome>> feed(const http_client::Response& response) override {
    const bool success = is_success(response.status);
    const auto said = describe(response, success ? std::string() : words_of(read_errors(response, settings_.format)), nullptr);
    if (!success) return Answer<LookupOutcome>{read_outcome<LookupOutcome>(response, said), said};
    const auto updates = read_update_entries(response, settings_.format);
    if (!updates) return Answer<LookupOutcome>{read_outcome<LookupOutcome>(response, said + ": " + updates.error().message), said};
    return Answer<LookupOutcome>{judge(*updates), said};
  }

 private:
  [[nodiscard]] LookupOutcome judge(const std::vector<Entry>& updates) const {
    const auto is_ours = [&](const Entry& update) {
      return carries_mark(update.text(id_at), mark_) || carries_mark(update.text("/description"), mark_);
    };
    if (std::ranges::any_of(updates, is_ours)) return outcome::Found{};
    if (now_ - intent_ > reach) return outcome::Unclear{"sent longer ago than one search reaches back"};
    const auto count = updates.size();
    if (count >= usual_cut && count % usual_cut == 0) return outcome::Unclear{"a list of just " + std::to_string(count) + " may be cut"};
    return outcome::Absent{};
  }

  Open311Settings settings_;
  std::string mark_;
  Timestamp intent_;
  Timestamp now_;
};

}  // namespace

http_client::Request amendment_call(const Open311Settings& settings, const Request& request) {
  Fields form{{"api_key", settings.api_key.reveal()},
              {"jurisdiction_id", settings.jurisdiction_id},
              {"service_request_id", request.registration.code},
              {"update_id", amendment_mark(request)},
              {"updated_datetime", utc(intent_of(request))},
              {"status", status_of(request)},
              {"description", plain_words(amendment_text(request, withheld(settings)))},
              {"media_url", request.files.empty() ? value_of(Placeholder::media_url, request) : std::string()}};
  constexpr std::string_view path = "/servicerequestupdates";
  if (request.files.empty()) return post_call(path, settings.format, std::move(form));
  return post_call(path, settings.format, std::move(form), settings.amend.media_field, request.files);
}

Answer<AmendOutcome> read_amendment(const Open311Settings& settings, const Request& request, const http_client::Response& response) {
  const int status = response.status;
  const auto errors = read_errors(response, settings.format);
  const auto said = describe(response, words_of(errors), &request);
  const auto judged = [&]() -> AmendOutcome {
    if (is_success(status) && errors.empty() && read_update_entries(response, settings.format)) return outcome::Amended{};
    if (any_holds(settings.already_exists, status, errors)) return outcome::Amended{};
    if (any_holds(settings.refused, status, errors)) return outcome::Refused{said};
    if (any_holds(settings.later, status, errors)) return try_later(response, said);
    if (is_success(status)) return outcome::Uncertain{said + ": no answer to an update"};
    return act_outcome<AmendOutcome>(response, said);
  };
  return {judged(), said};
}

std::unique_ptr<Lookup> make_open311_amendment_lookup(const Open311Settings& settings, const Request& request, Timestamp now) {
  return std::make_unique<Search>(settings, request, now);
}

}  // namespace salam::upstream
