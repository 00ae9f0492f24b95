#include "gateway/app/command_support.h"

#include <chrono>
#include <cstdio>
#include <memory>

#include <spdlog/fmt/fmt.h>

namespace salam::app {

std::optional<Loaded> load_or_say(const std::string& config) {
  auto loaded = load_settings(config);
  for (const auto& problem : loaded.problems) fmt::print(stderr, "{}\n", problem.text());
  if (!loaded.problems.empty()) return {};
  return loaded;
}

int fail(const Error& error) {
  fmt::print(stderr, "salam-gateway: {}\n", error.message);
  return exit_code::failed;
}

store::Progress progress_to_stderr() {
  using Steady = std::chrono::steady_clock;
  return [next = std::make_shared<Steady::time_point>()](std::string_view what, std::uint64_t done, std::uint64_t all) {
    const auto now = Steady::now();
    if (now < *next) return;
    *next = now + std::chrono::seconds(1);
    if (all > 0) {
      fmt::print(stderr, "{}: {} of {}\n", what, done, all);
    } else if (done > 0) {
      fmt::print(stderr, "{}: {}\n", what, done);
    } else {
      fmt::print(stderr, "{} …\n", what);
    }
  };
}

}  // namespace salam::app
