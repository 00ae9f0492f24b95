#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>

#include <CLI/CLI.hpp>
#include <spdlog/fmt/fmt.h>

#include "tests/kafka/jars.h"
#include "tests/torture/torture.h"

namespace {

namespace torture = salam::torture;

constexpr int skipped = 77;
constexpr std::size_t most_shown = 20;

void show(const char* what, const std::vector<std::string>& all) {
  for (std::size_t i = 0; i < std::min(all.size(), most_shown); ++i) std::cout << fmt::format("{}: {}\n", what, all[i]);
}

int run(const torture::Options& options, const std::filesystem::path& folder) {
  const auto jars = salam::test::broker_jars();
  if (!jars) {
    std::cout << jars.error().message << '\n';
    return salam::test::kafka_required() ? 1 : skipped;
  }
  std::cout << fmt::format("seed {}, everything written to {}", options.seed, folder.string()) << std::endl;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  torture::City city(*jars, folder, options.seed);
  const auto report = torture::Torture(city, options, std::cout).run();
  show("lost", report.verdict.lost);
  show("doubled", report.verdict.doubled);
  show("out of order", report.verdict.out_of_order);
  show("failed", report.failures);
  std::cout << fmt::format("torture {}: {}; seed {}", report.good() ? "passed" : "FAILED", report.summary(), options.seed) << std::endl;
  return report.good() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Kills a gateway again and again while forms come in and everything around it fails, then compares all ledgers",
                   "salam-torture");
  torture::Options options;
  options.seed = std::random_device{}();
  std::string folder;
  program.add_option("--cycles", options.cycles, "From a start to a kill")->capture_default_str()->check(CLI::PositiveNumber);
  program.add_option("--seed", options.seed, "Decides kills, faults and delays; the machine's timing decides the rest");
  program.add_option("--folder", folder, "Emptied first; database and logs stay there")->required();
  CLI11_PARSE(program, argc, argv);
  try {
    return run(options, std::filesystem::absolute(folder));
  } catch (const std::exception& error) {
    std::cerr << "salam-torture: " << error.what() << '\n';
    return 1;
  }
}
