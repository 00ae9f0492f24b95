#include <algorithm>
#include <utility>

#include "gateway/domain/draft.h"
#include "gateway/domain/lifecycle.h"

namespace salam::lifecycle {
namespace {

constexpr std::array declined_reasons{AttentionReason::declined};

/// What a report makes of where the request stood: a system that knows no "reopened" calls a request open again.
Progress after(Progress before, Progress reported) {
  const bool ended = is_final(before) || before == Progress::answered;
  const bool goes_on = reported == Progress::open || reported == Progress::in_progress;
  if (ended && goes_on) return Progress::reopened;
  return before == Progress::reopened && reported == Progress::open ? before : reported;
}

bool is_news(const FollowUp& known, const ProgressReport& report) {
  if (report.at && known.changed_at && *report.at < *known.changed_at) return false;
  if (report.words != known.words || !known.changed_at) return true;
  return report.progress && after(known.progress, *report.progress) != known.progress;
}

void take(Draft& draft, const ProgressReport& report, const Policy& policy, const Moment& moment) {
  auto& known = draft.request().follow_up;
  known.words = report.words;
  known.changed_at = report.at ? std::min(*report.at, moment.now) : moment.now;
  if (report.declined) draft.raise(AttentionReason::declined, policy.attention_due, report.words);
  if (!report.progress) return;
  draft.settle(declined_reasons, the_gateway, "taken up again");
  const auto progress = after(known.progress, *report.progress);
  if (progress == known.progress) return;
  known.progress = progress;
  draft.event(EventType::progressed, {{"code", draft.registration().code}, {"progress", std::string(to_string(progress))}});
  if (const auto& text = policy.progress_texts[static_cast<std::size_t>(progress)]) draft.write_progress(*text);
}

void ask_again(Draft& draft, const Policy& policy, const Moment& moment) {
  const auto& request = draft.request();
  const auto& often = policy.follow_up(request.registration.system);
  const auto age = moment.now - request.follow_up.changed_at.value_or(request.registration.registered_at.value_or(moment.now));
  if (!often.asked || (is_final(request.follow_up.progress) && age > often.after_end)) {
    draft.no_follow_up_task();
  } else {
    draft.follow_up_task(std::clamp(age, often.first, std::max(often.first, often.longest)));
  }
}

}  // namespace

Result<Change> followed_up(const Record& record, const std::optional<ProgressReport>& report, const Policy& policy, const Moment& moment) {
  if (record.request.registration.state != RegistrationState::registered) return overtaken();
  Draft draft(record, policy, moment);
  if (report && is_news(record.request.follow_up, *report)) {
    take(draft, *report, policy, moment);
  } else {
    draft.tasks_only();
  }
  ask_again(draft, policy, moment);
  return draft.take();
}

Result<Change> follow_up_now(const Record& record, const Policy& policy, const Moment& moment) {
  const auto& registration = record.request.registration;
  if (registration.state != RegistrationState::registered) return overtaken();
  if (!policy.follow_up(registration.system).asked) return Error{"unchanged", "its system cannot be asked"};
  Draft draft(record, policy, moment);
  draft.tasks_only();
  draft.follow_up_task(Milliseconds{0});
  return draft.take();
}

}  // namespace salam::lifecycle
