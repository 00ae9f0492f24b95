#include "gateway/http/server_metrics.h"

#include <utility>

namespace salam::http {
namespace {

template <class Builder>
auto& family(Builder builder, const char* name, const char* help, prometheus::Registry& registry) {
  return builder.Name(name).Help(help).Register(registry);
}

}  // namespace

ServerMetrics::ServerMetrics(prometheus::Registry& registry, std::string listener, const std::vector<Route>& routes)
    : listener_(std::move(listener)),
      requests_(family(prometheus::BuildCounter(), "salam_http_requests_total", "Requests answered.", registry)),
      durations_(family(prometheus::BuildHistogram(), "salam_http_request_duration_seconds",
                        "From the end of a request's header to the end of its answer.", registry)),
      refused_(family(prometheus::BuildCounter(), "salam_http_refused_total",
                      "Requests refused before a handler saw them, by problem code.", registry)),
      connections_refused_(family(prometheus::BuildCounter(), "salam_http_connections_refused_total",
                                  "Connections closed at once because there were too many.", registry)
                               .Add({{"listener", listener_}})),
      connections_(
          family(prometheus::BuildGauge(), "salam_http_connections", "Open connections.", registry).Add({{"listener", listener_}})),
      in_flight_(family(prometheus::BuildGauge(), "salam_http_requests_in_flight", "Requests being read or handled.", registry)
                     .Add({{"listener", listener_}})) {
  const prometheus::Histogram::BucketBoundaries seconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  for (const Route& route : routes) {
    auto& duration =
        durations_.Add({{"listener", listener_}, {"route", route.path}, {"method", std::string(to_string(route.method))}}, seconds);
    routes_.push_back({route.path, &duration, {}, {}});
  }
}

prometheus::Counter& ServerMetrics::requests(const std::string& route, std::string_view method, int status) {
  return requests_.Add({{"listener", listener_}, {"route", route}, {"method", std::string(method)}, {"status", std::to_string(status)}});
}

void ServerMetrics::answered(std::size_t route, Method method, int status, double seconds) {
  if (route == unmatched || status < 0 || static_cast<std::size_t>(status) >= statuses) {
    requests("unmatched", to_string(method), status).Increment();
    return;
  }
  PerRoute& known = routes_[route];
  const bool head = method == Method::head;
  prometheus::Counter*& counter = (head ? known.head : known.plain)[static_cast<std::size_t>(status)];
  if (counter == nullptr) counter = &requests(known.path, to_string(method), status);
  counter->Increment();
  known.duration->Observe(seconds);
}

void ServerMetrics::refused(std::string_view code) { refused_.Add({{"listener", listener_}, {"code", std::string(code)}}).Increment(); }

void ServerMetrics::show(std::size_t connections, std::size_t in_flight) {
  connections_.Set(static_cast<double>(connections));
  in_flight_.Set(static_cast<double>(in_flight));
}

}  // namespace salam::http
