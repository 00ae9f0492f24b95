#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "gateway/http/server.h"

namespace salam::http {

/// One worker's view of the server's metrics. Counters of known routes are looked up once, so that a request costs two additions.
class ServerMetrics {
 public:
  ServerMetrics(prometheus::Registry& registry, std::string listener, const std::vector<Route>& routes);

  /// Where no route matched.
  static constexpr std::size_t unmatched = static_cast<std::size_t>(-1);

  void answered(std::size_t route, Method method, int status, double seconds);
  void refused(std::string_view code);
  void connection_refused() { connections_refused_.Increment(); }
  void show(std::size_t connections, std::size_t in_flight);

 private:
  static constexpr std::size_t statuses = 600;
  struct PerRoute {
    std::string path;
    prometheus::Histogram* duration;
    std::array<prometheus::Counter*, statuses> plain{};
    std::array<prometheus::Counter*, statuses> head{};
  };
  prometheus::Counter& requests(const std::string& route, std::string_view method, int status);

  std::string listener_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Family<prometheus::Counter>& refused_;
  prometheus::Counter& connections_refused_;
  prometheus::Gauge& connections_;
  prometheus::Gauge& in_flight_;
  std::vector<PerRoute> routes_;
};

}  // namespace salam::http
