#include "gateway/app/store_metrics.h"

#include <algorithm>

namespace salam::app {
namespace {

prometheus::Family<prometheus::Gauge>& gauges(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

double age(const std::optional<Timestamp>& since, Timestamp now) {
  return since ? std::max(0.0, std::chrono::duration<double>(now - *since).count()) : 0;
}

}  // namespace

StoreMetrics::StoreMetrics(prometheus::Registry& registry)
    : requests_(gauges(registry, "salam_requests", "Requests by state")),
      attention_(gauges(registry, "salam_attention", "Open items on the attention list by reason")),
      tasks_(gauges(registry, "salam_tasks", "Tasks in the store by lane")),
      told_(gauges(registry, "salam_requests_told", "Requests whose citizen was told a code").Add({})),
      queue_(gauges(registry, "salam_store_queue", "Writes waiting for the store").Add({})),
      disk_free_(gauges(registry, "salam_store_disk_free_bytes", "Free bytes on the database's disk").Add({})),
      outbox_lag_(gauges(registry, "salam_outbox_lag", "Events not yet published").Add({})),
      outbox_age_(gauges(registry, "salam_outbox_oldest_seconds", "Age of the oldest event not yet published").Add({})),
      attention_age_(gauges(registry, "salam_attention_oldest_seconds", "Age of the oldest open item on the attention list").Add({})),
      task_age_(gauges(registry, "salam_tasks_overdue_seconds", "How long the most overdue task has been due").Add({})) {}

void StoreMetrics::refresh(store::Store& store, std::int64_t published, Timestamp now) {
  const auto counts = store.counts();
  for (const auto& [state, count] : counts.by_state) requests_.Add({{"state", state}}).Set(static_cast<double>(count));
  for (const auto& [reason, count] : counts.attention) attention_.Add({{"reason", reason}}).Set(static_cast<double>(count));
  for (const auto& [lane, count] : counts.tasks) tasks_.Add({{"lane", lane}}).Set(static_cast<double>(count));
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
