#include "gateway/pipeline/meeting_watch.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace salam::pipeline {
namespace {

constexpr Milliseconds shortest_wait = std::chrono::seconds(1);
constexpr Milliseconds longest_wait = std::chrono::hours(1);
constexpr Milliseconds after_an_error = std::chrono::minutes(1);

}  // namespace

MeetingWatch::MeetingWatch(World world, prometheus::Registry& metrics) : world_(world) {
  auto& missed = prometheus::BuildCounter()
                     .Name("salam_meeting_deadlines_missed_total")
                     .Help("Deadlines of meetings that were announced as missed, by step")
                     .Register(metrics);
  for (const auto step : meeting_steps) {
    missed_[static_cast<std::size_t>(step)] = &missed.Add({{"step", std::string(to_string(step))}});
  }
}

void MeetingWatch::deadlines_changed() {
  world_.executor.post([this] { look(); });
}

void MeetingWatch::look() {
  look_again_ = looking_;
  if (looking_) return;
  looking_ = true;
  world_.store.announce_deadlines(
      [this](const Result<store::Announced>& announced) { world_.executor.post([this, announced] { looked(announced); }); });
}

void MeetingWatch::looked(const Result<store::Announced>& announced) {
  looking_ = false;
  if (!announced) {
    spdlog::warn("meetings' deadlines cannot be announced now: {}", announced.error().message);
    return wait(after_an_error);
  }
  for (const auto& [step, stage] : announced->deadlines) {
    if (stage == DueStage::missed) missed_.at(static_cast<std::size_t>(step))->Increment();
  }
  if (look_again_) return look();
  const auto now = world_.clock.now();
  wait(std::clamp(announced->next.value_or(now + longest_wait) - now, shortest_wait, longest_wait));
}

void MeetingWatch::wait(Milliseconds time) {
  const auto at = world_.clock.steady() + time;
  // An earlier timer looks anyway, and a later one finds nothing to do.
  if (wakes_at_ && *wakes_at_ <= at) return;
  wakes_at_ = at;
  world_.executor.call_after(time, [this, at] {
    if (wakes_at_ != at) return;
    wakes_at_.reset();
    look();
  });
}

}  // namespace salam::pipeline
