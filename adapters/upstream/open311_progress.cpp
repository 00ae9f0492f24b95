#include "adapters/upstream/open311_progress.h"

#include <algorithm>
#include <utility>

#include "adapters/upstream/amendment.h"
#include "adapters/upstream/answer.h"
#include "adapters/upstream/open311_call.h"
#include "adapters/upstream/open311_reply.h"
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
std::optional<StatusEntry> report_in(const Entry& entry, std::string_view words_at) {
  StatusEntry report;
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

namespace {

std::vector<ProgressReport> explained(const Open311Settings& settings, const std::vector<StatusEntry>& entries) {
  std::vector<ProgressReport> reports;
  reports.reserve(entries.size());
  for (const auto& entry : entries) {
    const bool is_update = !entry.update_id.empty();
    if (is_update && (is_amendment_mark(entry.update_id) || is_amendment_text(entry.words))) continue;
    reports.push_back(settings.statuses.report(entry.code, entry.status, entry.words, entry.updated_at));
  }
  return reports;
}

}  // namespace

http_client::Request follow_up_call(const Open311Settings& settings, std::span<const std::string> codes, Timestamp now) {
  if (settings.follow_up.kind == FollowUpKind::requests) return status_call(settings, codes);
  return updates_call(settings, now - settings.follow_up.updates_window, now);
}

Answer<FollowUpOutcome> read_follow_up(const Open311Settings& settings, const http_client::Response& response,
                                       std::span<const std::string> codes) {
  auto answer =
      settings.follow_up.kind == FollowUpKind::requests ? read_status(settings, response, codes) : read_updates(settings, response);
  if (auto* const reply = std::get_if<ProgressReply>(&answer.outcome)) {
    // The newest last: where one reply tells two things of one request, that one counts.
    std::ranges::stable_sort(reply->reports, {}, &StatusEntry::updated_at);
    return {explained(settings, reply->reports), std::move(answer.excerpt)};
  }
  if (auto* const later = std::get_if<outcome::TryLater>(&answer.outcome)) return {std::move(*later), std::move(answer.excerpt)};
  if (auto* const unclear = std::get_if<outcome::Unclear>(&answer.outcome)) return {std::move(*unclear), std::move(answer.excerpt)};
  return {std::get<outcome::Misconfigured>(std::move(answer.outcome)), std::move(answer.excerpt)};
}

Result<std::vector<ProgressReport>> read_callback(const Open311Settings& settings, std::string_view body) {
  static const ListNames names{
      {"service_requests", "requests", "service_request_updates", "service_requests_updates"}, {"request", "request_update"}, true};
  const auto entries = read_entries({.status = 200, .headers = {}, .body = std::string(body)}, settings.format, names);
  if (!entries) return Error{"callback_unreadable", entries.error().message};
  std::vector<StatusEntry> read;
  for (const auto& entry : *entries) {
    auto update_id = entry.code("/update_id");
    auto report = report_in(entry, update_id ? "/description" : "/status_notes");
    if (!report) return Error{"callback_unreadable", "service_request_id or status is missing"};
    report->update_id = std::move(update_id).value_or("");
    read.push_back(std::move(*report));
  }
  return explained(settings, read);
}

}  // namespace salam::upstream
