#include "adapters/upstream/mapped_follow_up.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/domain/text.h"
#include "gateway/domain/time.h"

namespace salam::upstream {
namespace {

constexpr std::size_t max_status = 100;  ///< Code points; more is no status.

/// Nothing where there is no list.
std::optional<std::vector<ReplyPart>> items_of(const ReplyPart& whole, const ReplyPath& items, ReplyFormat format) {
  const bool is_one = items.empty() && (format == ReplyFormat::xml || !whole.items_at(items));
  return is_one ? std::vector{whole} : whole.items_at(items);
}

/// `asked`: where the item names no code of its own. Nothing where code or status cannot be relied on.
std::optional<ProgressReport> report_in(const ReplyPart& item, const ReportPaths& paths, const FollowUpWords& meanings,
                                        std::optional<std::string> asked) {
  auto code = paths.code.empty() ? std::move(asked) : item.code_at(paths.code);
  const auto status = normalise(words_at(item, paths.status));
  if (!code || status.empty() || length(status) > max_status) return std::nullopt;
  return meanings.report(std::move(*code), status, words_at(item, paths.words), parse_rfc3339(words_at(item, paths.at)));
}

/// Those asked after, the newest last: where one reply tells two things of one request, that one counts.
void keep_asked(std::vector<ProgressReport>& reports, std::span<const std::string> codes) {
  std::erase_if(reports, [&](const ProgressReport& report) { return std::ranges::find(codes, report.code) == codes.end(); });
  std::ranges::stable_sort(reports, {}, &ProgressReport::at);
}

/// One a line, as `Placeholder::upstream_codes` wants them.
std::string lines_of(std::span<const std::string> codes, std::string_view separator) {
  std::string lines;
  for (const auto& code : codes) {
    if (code.find(separator) == std::string::npos) lines += (lines.empty() ? "" : "\n") + code;
  }
  return lines;
}

}  // namespace

http_client::Request follow_up_call(const Mapping& mapping, const Credentials& credentials, std::span<const std::string> codes) {
  const auto& follow_up = *mapping.follow_up;
  return message_of(follow_up.call, mapping.reply_format, [&](Placeholder placeholder) {
    switch (placeholder) {
      case Placeholder::upstream_code:
        return codes.front();
      case Placeholder::upstream_codes:
        return lines_of(codes, follow_up.separator);
      case Placeholder::token:
        return std::string(token_mark);
      default:
        return secret_of(placeholder, credentials);
    }
  });
}

Answer<FollowUpOutcome> read_follow_up(const Mapping& mapping, std::span<const std::string> codes, const http_client::Response& response) {
  const auto& follow_up = *mapping.follow_up;
  const auto reply = ReplyBody::read(response, mapping.reply_format);
  const auto whole = reply.whole();
  const auto said = describe(response, is_success(response.status) ? std::string() : words_of(mapping, whole), nullptr);
  const auto no_news = [&](std::string_view why) {
    return Answer<FollowUpOutcome>{read_outcome<FollowUpOutcome>(response, said + std::string(why)), said};
  };
  if (!reply.readable() || !holds(follow_up.success, response.status, whole)) return no_news("");
  const auto items = items_of(whole, follow_up.items, mapping.reply_format);
  if (!items) return no_news(", no list where follow_up.items points");
  std::vector<ProgressReport> reports;
  for (const auto& item : *items) {
    if (auto report = report_in(item, follow_up.item, mapping.statuses, codes.front())) reports.push_back(std::move(*report));
  }
  if (reports.empty() && !items->empty()) return no_news(", no item has a code and a status where follow_up says that they stand");
  keep_asked(reports, codes);
  return {std::move(reports), said};
}

Result<std::vector<ProgressReport>> read_callback(const Mapping& mapping, std::string_view body) {
  const auto unreadable = [](std::string_view why) { return Error{"callback_unreadable", std::string(why)}; };
  if (!mapping.callback) return unreadable("the mapping file has no [callback]");
  const auto reply = ReplyBody::read({.status = 200, .headers = {}, .body = std::string(body)}, mapping.reply_format);
  if (!reply.readable()) return unreadable(mapping.reply_format == ReplyFormat::json ? "the body is no JSON" : "the body is no XML");
  const auto items = items_of(reply.whole(), mapping.callback->items, mapping.reply_format);
  if (!items) return unreadable("there is no list where callback.items points");
  std::vector<ProgressReport> reports;
  for (const auto& item : *items) {
    auto report = report_in(item, mapping.callback->item, mapping.statuses, std::nullopt);
    if (!report) return unreadable("nothing that can be relied on stands where callback.code and callback.status point");
    reports.push_back(std::move(*report));
  }
  return reports;
}

}  // namespace salam::upstream
