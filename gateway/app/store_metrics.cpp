#include "gateway/app/store_metrics.h"

#include <algorithm>

namespace salam::app {
namespace {

prometheus::Family<prometheus::Gauge>& gauges(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

/// Labelled with each word that an enumeration has.
template <class Enum>
std::map<std::string, prometheus::Gauge*> gauge_of_word(prometheus::Registry& registry, const char* name, const char* help,
                                                        const char* label) {
  auto& family = gauges(registry, name, help);
  std::map<std::string, prometheus::Gauge*> all;
  for (int i = 0; !to_string(static_cast<Enum>(i)).empty(); ++i) {
    const std::string word(to_string(static_cast<Enum>(i)));
    all.emplace(word, &family.Add({{label, word}}));
  }
  return all;
}

void set(const std::map<std::string, prometheus::Gauge*>& gauges, const std::vector<std::pair<std::string, std::int64_t>>& counts) {
  for (const auto& [word, gauge] : gauges) {
    const auto found = std::ranges::find(counts, word, &std::pair<std::string, std::int64_t>::first);
    gauge->Set(found == counts.end() ? 0 : static_cast<double>(found->second));
  }
}

std::map<std::pair<MeetingStep, DeadlineState>, prometheus::Gauge*> deadline_gauges(prometheus::Registry& registry) {
  auto& family = gauges(registry, "salam_meeting_deadlines", "Deadlines of meetings by step and state");
  std::map<std::pair<MeetingStep, DeadlineState>, prometheus::Gauge*> all;
  for (const auto step : meeting_steps) {
    for (const auto state : {DeadlineState::open, DeadlineState::met, DeadlineState::missed}) {
      all[{step, state}] = &family.Add({{"step", std::string(to_string(step))}, {"state", std::string(to_string(state))}});
    }
  }
  return all;
}

double age(const std::optional<Timestamp>& since, Timestamp now) {
  return since ? std::max(0.0, std::chrono::duration<double>(now - *since).count()) : 0;
}

}  // namespace

StoreMetrics::StoreMetrics(prometheus::Registry& registry)
    : requests_(gauge_of_word<RegistrationState>(registry, "salam_requests", "Requests by state", "state")),
      attention_(gauge_of_word<AttentionReason>(registry, "salam_attention", "Open items on the attention list by reason", "reason")),
      tasks_(gauge_of_word<Lane>(registry, "salam_tasks", "Tasks in the store by lane", "lane")),
      deadlines_(deadline_gauges(registry)),
      told_(gauges(registry, "salam_requests_told", "Requests whose citizen was told a code").Add({})),
      queue_(gauges(registry, "salam_store_queue", "Writes waiting for the store").Add({})),
      disk_free_(gauges(registry, "salam_store_disk_free_bytes", "Free bytes on the database's disk").Add({})),
      outbox_lag_(gauges(registry, "salam_outbox_lag", "Events not yet published").Add({})),
      outbox_age_(gauges(registry, "salam_outbox_oldest_seconds", "Age of the oldest event not yet published").Add({})),
      attention_age_(gauges(registry, "salam_attention_oldest_seconds", "Age of the oldest open item on the attention list").Add({})),
      task_age_(gauges(registry, "salam_tasks_overdue_seconds", "How long the most overdue task has been due").Add({})) {}

void StoreMetrics::refresh(store::Store& store, std::int64_t published, Timestamp now) {
  const auto counts = store.counts();
  set(requests_, counts.by_state);
  set(attention_, counts.attention);
  set(tasks_, counts.tasks);
  for (const auto& [which, gauge] : deadlines_) gauge->Set(0);
  for (const auto& [step, state, deadlines] : store.deadline_counts()) deadlines_.at({step, state})->Set(static_cast<double>(deadlines));
  told_.Set(static_cast<double>(counts.told));
  attention_age_.Set(age(counts.oldest_attention, now));
  task_age_.Set(age(counts.oldest_due_task, now));
  queue_.Set(static_cast<double>(store.queued()));
  disk_free_.Set(static_cast<double>(store.disk_free()));
  const auto outbox = store.outbox_state();
  const auto lag = std::max<std::int64_t>(outbox.last - std::max(outbox.published, published), 0);
  outbox_lag_.Set(static_cast<double>(lag));
  outbox_age_.Set(lag > 0 ? age(outbox.oldest_unpublished, now) : 0);
}

}  // namespace salam::app
