#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// What happened in a history, counted: a fault that never happens proves nothing.
namespace salam::simulation {

enum class Happened {
  crash,
  crash_kept_commit,
  crash_lost_commit,
  crash_in_publish,
  storage_full,
  overloaded,
  slow_fsync,
  intake_lost,
  receipt_lost,
  form_repeated,
  form_conflicting,
  waited_for_code,
  unreachable,
  reset_before_acting,
  reset_after_acting,
  answer_timed_out,
  acted_late,
  delivered_twice,
  server_error,
  garbage,
  rate_limited,
  refused,
  unclear,
  misconfigured,
  poisonous,
  token_given,
  token_not_yet,
  token_unclear,
  known_reference,
  given_by_hand,
  lookup_found,
  lookup_absent,
  lookup_lagged,
  lookup_truncated,
  lookup_unclear,
  lookup_failed,
  text_unreachable,
  text_answer_lost,
  text_rejected,
  text_repeated,
  text_out_of_credit,
  text_delivered,
  text_undelivered,
  text_never_reported,
  status_failed,
  follow_up,
  follow_up_stale,
  follow_up_failed,
  settled_registered,
  settled_send_again,
  settled_handed_over,
  settle_came_too_late,
  amended,
  amended_again,
  amendment_refused,
  amendment_found,
  amendment_absent,
  amendment_entered_by_hand,
  amendment_sent_again,
  reviewed,
  review_lost,
  assigned,
  corrected,
  number_corrected,
  answered,
  withdrawn,
  invited,
  nobody_invited,
  photographed,
  photographs_told,
  taken_back,
  decided_too_late,
  breaker_opened,
  log_not_open,
  log_retriable,
  log_fatal,
  log_ack_lost,
  log_late_bytes,
  log_fenced,
  log_refused,
  event_released,
  event_skipped,
};
inline constexpr std::size_t happenings = static_cast<std::size_t>(Happened::event_skipped) + 1;
std::string_view to_string(Happened what);

class Counts {
 public:
  void add(Happened what, std::uint64_t times = 1) { counts_[static_cast<std::size_t>(what)] += times; }
  [[nodiscard]] std::uint64_t operator[](Happened what) const { return counts_[static_cast<std::size_t>(what)]; }
  Counts& operator+=(const Counts& other) {
    for (std::size_t i = 0; i < happenings; ++i) counts_[i] += other.counts_[i];
    return *this;
  }

 private:
  std::array<std::uint64_t, happenings> counts_{};
};

}  // namespace salam::simulation
