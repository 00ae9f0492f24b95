#include "gateway/pipeline/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

namespace salam::pipeline {

Metrics::Metrics(prometheus::Registry& registry)
    : calls_(prometheus::BuildCounter().Name("salam_calls_total").Help("Calls to outside systems by outcome").Register(registry)),
      sent_once_more_(prometheus::BuildCounter()
                          .Name("salam_sms_sent_once_more_total")
                          .Help("Texts sent a second time because their first send stayed uncertain")
                          .Register(registry)
                          .Add({})) {
  auto& queued = prometheus::BuildGauge().Name("salam_lane_queued").Help("Tasks held in memory, waiting for their time").Register(registry);
  auto& in_flight = prometheus::BuildGauge().Name("salam_lane_in_flight").Help("Tasks under way").Register(registry);
  auto& available = prometheus::BuildGauge().Name("salam_lane_available").Help("1 where the lane's breaker is closed").Register(registry);
  auto& breaker = prometheus::BuildGauge().Name("salam_lane_breaker").Help("1 for the state of the lane's breaker").Register(registry);
  auto& seconds = prometheus::BuildHistogram().Name("salam_call_seconds").Help("How long calls to outside systems took").Register(registry);
  const prometheus::Histogram::BucketBoundaries bounds{0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
  for (std::size_t i = 0; i < lane_count; ++i) {
    const prometheus::Labels labels{{"lane", std::string(to_string(static_cast<Lane>(i)))}};
    const auto state = [&](Breaker each) {
      auto with_state = labels;
      with_state.emplace("state", to_string(each));
      return &breaker.Add(with_state);
    };
    lanes_[i] = {.queued = &queued.Add(labels),
                 .in_flight = &in_flight.Add(labels),
                 .available = &available.Add(labels),
                 .breaker = {state(Breaker::closed), state(Breaker::open), state(Breaker::half_open)},
                 .seconds = &seconds.Add(labels, bounds)};
  }
}

void Metrics::called(Lane lane, std::string_view action, std::string_view outcome, Milliseconds took) {
  const auto index = static_cast<std::size_t>(lane);
  auto& counter = counters_[{index, std::string(action) + ' ' + std::string(outcome)}];
  if (counter == nullptr) {
    counter = &calls_.Add({{"lane", std::string(to_string(lane))}, {"action", std::string(action)}, {"outcome", std::string(outcome)}});
  }
  counter->Increment();
  lanes_[index].seconds->Observe(std::chrono::duration<double>(took).count());
}

void Metrics::lane(Lane lane, const LaneView& view) {
  const auto& gauges = lanes_[static_cast<std::size_t>(lane)];
  gauges.queued->Set(static_cast<double>(view.queued));
  gauges.in_flight->Set(view.in_flight);
  gauges.available->Set(view.breaker == Breaker::closed ? 1 : 0);
  for (std::size_t i = 0; i < gauges.breaker.size(); ++i) gauges.breaker[i]->Set(static_cast<std::size_t>(view.breaker) == i ? 1 : 0);
}

}  // namespace salam::pipeline
