#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/registry.h>

#include "gateway/domain/change.h"
#include "gateway/pipeline/scheduler.h"

namespace salam::pipeline {

/// What the pipeline counts. On the core thread.
class Metrics {
 public:
  explicit Metrics(prometheus::Registry& registry);

  void called(Lane lane, std::string_view action, std::string_view outcome, Milliseconds took);
  void lane(Lane lane, const LaneView& view);
  /// A text whose first send stayed uncertain.
  void sent_once_more() { sent_once_more_.Increment(); }

 private:
  struct LaneGauges {
    prometheus::Gauge* queued;
    prometheus::Gauge* in_flight;
    prometheus::Gauge* available;
    std::array<prometheus::Gauge*, 3> breaker;  ///< 1 for the state it is in.
    prometheus::Histogram* seconds;
  };
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Counter& sent_once_more_;
  std::array<LaneGauges, lane_count> lanes_{};
  std::map<std::pair<std::size_t, std::string>, prometheus::Counter*> counters_;
};

}  // namespace salam::pipeline
