#pragma once

#include <map>
#include <string>
#include <utility>

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "gateway/store/store.h"

namespace salam::app {

/// What the store holds, as gauges; read when somebody scrapes. Thread-safe.
class StoreMetrics {
 public:
  explicit StoreMetrics(prometheus::Registry& registry);
  /// `published`: how far the relay is, which the store's own mark follows a little later.
  void refresh(store::Store& store, std::int64_t published, Timestamp now);

 private:
  /// One for every word there is, so that a figure that falls to nothing shows as nothing.
  using GaugeOfWord = std::map<std::string, prometheus::Gauge*>;

  GaugeOfWord requests_;
  GaugeOfWord attention_;
  GaugeOfWord tasks_;
  std::map<std::pair<MeetingStep, DeadlineState>, prometheus::Gauge*> deadlines_;
  prometheus::Gauge& told_;
  prometheus::Gauge& queue_;
  prometheus::Gauge& disk_free_;
  prometheus::Gauge& outbox_lag_;
  prometheus::Gauge& outbox_age_;
  prometheus::Gauge& attention_age_;
  prometheus::Gauge& task_age_;
};

}  // namespace salam::app
