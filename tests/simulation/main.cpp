#include <atomic>
#include <chrono>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include "tests/simulation/history.h"

namespace salam::simulation {
namespace {

struct Options {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1'000;
  int requests = 100;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  bool verbose = false;
  std::optional<std::uint64_t> only;
  Mutation mutation = Mutation::none;
};

struct Sum {
  std::uint64_t seeds = 0;
  std::uint64_t requests = 0;
  Milliseconds lasted{0};
  Counts counts;
  std::vector<std::uint64_t> failing;

  void add(std::uint64_t seed, const HistoryOutcome& outcome) {
    ++seeds;
    requests += outcome.requests;
    lasted += outcome.lasted;
    counts += outcome.counts;
    if (outcome.breaches.empty()) return;
    failing.push_back(seed);
    for (const auto& breach : outcome.breaches) std::cout << "seed " << seed << ": " << breach << '\n';
  }
};

void print(const Sum& sum, std::chrono::duration<double> took) {
  std::cout << fmt::format("\n{} seeds, {} requests, {:.1f} years of virtual time, {} crashes, {} violations ({:.0f} s)\n", sum.seeds,
                           sum.requests, std::chrono::duration<double, std::ratio<31'556'952>>(sum.lasted).count(),
                           sum.counts[Happened::crash], sum.failing.size(), took.count());
  for (std::size_t i = 0; i < happenings; ++i) {
    const auto what = static_cast<Happened>(i);
    std::cout << (i == 0 ? "" : ", ") << to_string(what) << ' ' << sum.counts[what];
  }
  std::cout << '\n';
  if (sum.failing.empty()) return;
  std::cout << "failing seeds:";
  for (const auto seed : sum.failing) std::cout << ' ' << seed;
  std::cout << '\n';
}

int run(const Options& options) {
  if (options.only) {
    const auto outcome =
        history({.seed = *options.only, .requests = options.requests, .mutation = options.mutation, .traced = options.verbose});
    std::cout << outcome.trace;
    for (const auto& breach : outcome.breaches) std::cout << breach << '\n';
    return outcome.breaches.empty() ? 0 : 1;
  }
  const auto began = std::chrono::steady_clock::now();
  Sum sum;
  std::mutex mutex;
  std::atomic<std::uint64_t> next = 0;
  const auto work = [&] {
    for (auto i = next++; i < options.seeds; i = next++) {
      const auto seed = options.first + i;
      const auto outcome = history({.seed = seed, .requests = options.requests, .mutation = options.mutation});
      const std::lock_guard lock(mutex);
      sum.add(seed, outcome);
      if (sum.seeds % 500 == 0) std::cout << sum.seeds << " seeds, " << sum.failing.size() << " failing\n" << std::flush;
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < options.threads; ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  print(sum, std::chrono::steady_clock::now() - began);
  return sum.failing.empty() ? 0 : 1;
}

}  // namespace
}  // namespace salam::simulation

int main(int argc, char** argv) {
  CLI::App app{
      "The gateway among failing systems, on a virtual clock: each seed is one history, checked against the ledgers of all parties."};
  salam::simulation::Options options;
  app.add_option("--seeds", options.seeds, "How many histories");
  app.add_option("--first", options.first, "The first one's seed");
  app.add_option("--requests", options.requests, "In one history, but for a few more at its end");
  app.add_option("--threads", options.threads, "Histories at a time");
  app.add_option("--seed", options.only, "Only this history");
  app.add_flag("--verbose", options.verbose, "With --seed: print what happened");
  app.add_option_function<std::string>(
      "--without",
      [&](const std::string& name) {
        for (const auto mutation : salam::simulation::mutations) {
          if (to_string(mutation) == name) options.mutation = mutation;
        }
      },
      "Switch one promise off, to see what it is worth: no_lookup, no_settling, no_intent, no_amendment_lookup, no_amendment_intent, early_reply, swapped_events, no_fencing");
  CLI11_PARSE(app, argc, argv);
  spdlog::set_level(spdlog::level::off);
  return salam::simulation::run(options);
}
