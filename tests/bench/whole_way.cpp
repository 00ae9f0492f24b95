#include "tests/bench/whole_way.h"

#include <sstream>
#include <stdexcept>
#include <string_view>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "tests/bench/forms.h"
#include "tests/bench/poster.h"
#include "tests/bench/process.h"

namespace salam::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_again{50};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Where the gateway stands, as its metrics have it.
struct Standing {
  double registered = 0;
  double told = 0;
  double outbox_lag = 0;
};

Standing standing(const std::string& operations) {
  Standing now;
  std::istringstream metrics(exchange(operations, "GET", "/metrics", "none", ""));
  for (std::string line; std::getline(metrics, line);) {
    const auto blank = line.rfind(' ');
    const auto name = line.substr(0, blank);
    if (name == "salam_requests{state=\"registered\"}") now.registered = std::stod(line.substr(blank));
    if (name == "salam_requests_told") now.told = std::stod(line.substr(blank));
    if (name == "salam_outbox_lag") now.outbox_lag = std::stod(line.substr(blank));
  }
  return now;
}

/// Seconds until each part was done.
struct Times {
  double registered = 0;
  double told = 0;
  double published = 0;
};

Times wait_for_all(const WholeWay& settings, Clock::time_point start) {
  Times times;
  const auto all = static_cast<double>(settings.requests);
  while (true) {
    const auto now = standing(settings.operations);
    const auto at = seconds_since(start);
    if (times.registered == 0 && now.registered == all) times.registered = at;
    if (times.told == 0 && now.told == all) times.told = at;
    if (times.registered > 0 && times.told > 0 && now.outbox_lag == 0) {
      times.published = at;
      return times;
    }
    if (at > static_cast<double>(settings.patience.count())) {
      throw std::runtime_error(fmt::format("after {:.0f} s only {} of {} are registered and {} told; {} events wait", at, now.registered,
                                           all, now.told, now.outbox_lag));
    }
    std::this_thread::sleep_for(look_again);
  }
}

}  // namespace

void measure_whole_way(const WholeWay& settings) {
  const Forms forms(settings.forms);
  const auto gateway_before = cpu_seconds(settings.gateway);
  const auto stand_ins_before = cpu_seconds(settings.stand_ins);
  const auto own_before = cpu_seconds(getpid());
  const auto start = Clock::now();
  const auto posted =
      post_all(settings.api, settings.key, settings.connections, settings.requests, [&](std::size_t number) { return forms.body(number); });
  const auto taken = seconds_since(start);
  const auto times = wait_for_all(settings, start);
  const auto rate = [&](double seconds) { return static_cast<double>(settings.requests) / seconds; };
  const auto per_request = [&](double seconds) { return 1e6 * seconds / static_cast<double>(settings.requests); };
  fmt::print("  requests             {} over {} connections, {} put off by 429 or 503\n", settings.requests, settings.connections,
             posted.put_off);
  fmt::print("  all taken in         {:7.2f} s  {:8.0f} requests/s\n", taken, rate(taken));
  fmt::print("  all registered after {:7.2f} s  {:8.0f} requests/s\n", times.registered, rate(times.registered));
  fmt::print("  all told after       {:7.2f} s  {:8.0f} requests/s\n", times.told, rate(times.told));
  fmt::print("  all events acked     {:7.2f} s  {:8.0f} requests/s  (target: 2000)\n", times.published, rate(times.published));
  for (const auto& [name, used] : {std::pair{"gateway", cpu_seconds(settings.gateway) - gateway_before},
                                   std::pair{"stand-ins", cpu_seconds(settings.stand_ins) - stand_ins_before},
                                   std::pair{"load", cpu_seconds(getpid()) - own_before}}) {
    fmt::print("  CPU of {:<13} {:7.2f} s  {:8.0f} µs a request\n", name, used, per_request(used));
  }
  fmt::print("  gateway's peak       {:7.1f} MiB resident  (target: < 150)\n", peak_memory_mib(settings.gateway));
}

}  // namespace salam::bench
