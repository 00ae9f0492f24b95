#include "adapters/upstream/open311_progress.h"

#include <algorithm>
#include <utility>

#include "adapters/upstream/answer.h"
#include "adapters/upstream/open311_call.h"
#include "adapters/upstream/open311_form.h"
#include "adapters/upstream/open311_reply.h"
#include "adapters/upstream/open311_rules.h"
#include "gateway/domain/text.h"

namespace salam::upstream {
namespace {

constexpr std::size_t max_words = 2000;  ///< Code points.
constexpr std::size_t max_status = 100;  ///< Code points; more is no status.

const ListNames& update_names() {
  static const ListNames names{{"service_request_updates", "service_requests_updates"}, {"request_update"}, true};
  return names;
}
const ListNames& status_names() {
  static const ListNames names{{"service_requests", "requests"}, {"request"}, true};
  return names;
}

/// Nothing where it cannot be relied on.
std::optional<ProgressReport> report_in(const Entry& entry, std::string_view words_at) {
  ProgressReport report;
  auto code = entry.code("/service_request_id");
  report.status = normalise(entry.text("/status"));
  if (!code || report.status.empty() || length(report.status) > max_status) return std::nullopt;
  report.code = std::move(*code);
  report.words = shortened(normalise(entry.text(words_at)), max_words);
  report.updated_at = parse_rfc3339(entry.text("/updated_datetime"));
  return report;
}

template <class ReadEntry>
Answer<ProgressOutcome> read_reports(const Open311Settings& settings, const http_client::Response& response, const ListNames& names,
                                     const ReadEntry& read_entry) {
  const auto said = describe(response, words_of(read_errors(response, settings.format)), nullptr);
  if (!is_success(response.status)) return {read_outcome<ProgressOutcome>(response, said), said};
  const auto entries = read_entries(response, settings.format, names);
  if (!entries) return {read_outcome<ProgressOutcome>(response, said + ": " + entries.error().message), said};
  ProgressReply reply;
  for (const auto& entry : *entries) {
    if (auto report = read_entry(entry)) {
      reply.reports.push_back(std::move(*report));
    } else {
      ++reply.skipped;
    }
  }
  return {std::move(reply), said};
}

}  // namespace

http_client::Request status_call(const Open311Settings& settings, std::span<const std::string> codes) {
  std::string list;
  for (const auto& code : codes.first(std::min(codes.size(), max_codes_in_a_call))) {
    if (code.find(',') == std::string::npos) list += (list.empty() ? "" : ",") + code;
  }
  return get_call("/requests", settings.format, {{"jurisdiction_id", settings.jurisdiction_id}, {"service_request_id", std::move(list)}});
}

Answer<ProgressOutcome> read_status(const Open311Settings& settings, const http_client::Response& response,
                                    std::span<const std::string> asked) {
  auto answer = read_reports(settings, response, status_names(), [](const Entry& entry) { return report_in(entry, "/status_notes"); });
  if (auto* const reply = std::get_if<ProgressReply>(&answer.outcome)) {
    std::erase_if(reply->reports, [&](const auto& report) { return std::find(asked.begin(), asked.end(), report.code) == asked.end(); });
  }
  return answer;
}

http_client::Request updates_call(const Open311Settings& settings, Timestamp since, Timestamp until) {
  return get_call("/servicerequestupdates", settings.format,
                  {{"jurisdiction_id", settings.jurisdiction_id}, {"start_date", utc(since)}, {"end_date", utc(until)}});
}

Answer<ProgressOutcome> read_updates(const Open311Settings& settings, const http_client::Response& response) {
  return read_reports(settings, response, update_names(), [](const Entry& entry) {
    auto report = report_in(entry, "/description");
    auto update_id = entry.code("/update_id");
    if (report && update_id) report->update_id = std::move(*update_id);
    return update_id ? std::move(report) : std::nullopt;
  });
}

http_client::Request amendment_call(const Open311Settings& settings, const Amendment& amendment) {
  return post_call("/servicerequestupdates", settings.format,
                   {{"api_key", settings.api_key.reveal()},
                    {"jurisdiction_id", settings.jurisdiction_id},
                    {"service_request_id", amendment.code},
                    {"update_id", amendment.update_id},
                    {"updated_datetime", utc(amendment.at)},
                    {"status", amendment.status},
                    {"description", plain_words(amendment.text.reveal())},
                    {"first_name", amendment.first_name},
                    {"last_name", amendment.last_name},
                    {"email", amendment.email}});
}

Answer<SubmitOutcome> read_amendment(const Open311Settings& settings, const Request& about, const http_client::Response& response) {
  const int status = response.status;
  const auto errors = read_errors(response, settings.format);
  const auto said = describe(response, words_of(errors), &about);
  const auto judged = [&]() -> SubmitOutcome {
    const auto entries = read_entries(response, settings.format, update_names());
    const bool taken = is_success(status) && entries && errors.empty();
    if (taken) return outcome::Registered{entries->size() == 1 ? entries->front().code("/update_id").value_or("") : ""};
    if (any_holds(settings.already_exists, status, errors)) return outcome::Registered{};
    if (any_holds(settings.refused, status, errors)) return outcome::Refused{said};
    if (any_holds(settings.later, status, errors)) return try_later(response, said);
    if (is_success(status)) return outcome::Uncertain{said + ": no answer to an update"};
    return submit_outcome(response, said);
  };
  return {judged(), said};
}

}  // namespace salam::upstream
