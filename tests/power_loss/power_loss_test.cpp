#include <charconv>
#include <cstdlib>
#include <cstring>

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "tests/power_loss/trial.h"

namespace salam::power_loss {
namespace {

using Flaw = Disk::Flaw;
using Threads = Trial::Threads;

std::optional<std::uint64_t> from_environment(const char* name) {
  const char* text = std::getenv(name);
  std::uint64_t number = 0;
  if (text == nullptr || std::from_chars(text, text + std::strlen(text), number).ec != std::errc{}) return std::nullopt;
  return number;
}

class PowerLoss : public testing::Test {
 protected:
  PowerLoss() { spdlog::set_level(spdlog::level::off); }

  /// So many seeds, or the one that POWER_LOSS_SEED names; POWER_LOSS_SEEDS sets another number of them.
  static void expect_no_fault(std::uint64_t first_seed, std::uint64_t seeds, Trial::Options options) {
    const auto only = from_environment("POWER_LOSS_SEED");
    const auto first = only.value_or(first_seed);
    const auto end = first + (only ? 1 : from_environment("POWER_LOSS_SEEDS").value_or(seeds));
    int cuts = 0;
    for (auto seed = first; seed < end; ++seed) {
      Trial trial(seed, options);
      const auto fault = trial.fault();
      cuts += trial.cuts();
      ASSERT_FALSE(fault) << *fault;
    }
    std::printf("%d cuts, nothing lost\n", cuts);
  }

  /// How a store that breaks its promise is told from one that keeps it: within a few seeds.
  static void expect_a_fault(Trial::Options options) {
    constexpr std::uint64_t most_seeds = 30;
    int cuts = 0;
    for (std::uint64_t seed = 1; seed <= most_seeds; ++seed) {
      Trial trial(seed, options);
      const auto fault = trial.fault();
      cuts += trial.cuts();
      if (fault) {
        std::printf("caught at cut %d\n", cuts);
        return;
      }
    }
    ADD_FAILURE() << cuts << " cuts, and nothing was noticed";
  }
};

/// Each part stands in ctest by itself, so that they run beside each other.
class EveryCut : public PowerLoss, public testing::WithParamInterface<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Part, EveryCut, testing::Range<std::uint64_t>(0, 8));

TEST_P(EveryCut, LosesNothingThatWasAnswered) {
  constexpr std::uint64_t seeds = 9;
  constexpr std::uint64_t far_apart = 1'000'000;
  expect_no_fault(1 + GetParam() * far_apart, seeds, {});
}

TEST_F(PowerLoss, LosesNothingOfTheWholeStoreWithItsThreads) {
  expect_no_fault(1, 10, {.threads = Threads::all, .cuts_opening = 2, .cuts_later = 4});
}

TEST_F(PowerLoss, DuringTheFirstOpeningOrTheCheckpointAtAStartLosesNothing) {
  const auto fault = Trial(from_environment("POWER_LOSS_SEED").value_or(1), {}).fault_while_opening();
  EXPECT_FALSE(fault) << *fault;
}

TEST_F(PowerLoss, IsCaughtWhereCommitsAreNotSynced) { expect_a_fault({.wrong = {.synchronous_normal = true}}); }

TEST_F(PowerLoss, IsCaughtWhereTheDiskLiesAboutSyncing) { expect_a_fault({.flaw = Flaw::lies}); }

TEST_F(PowerLoss, IsCaughtWhereTheDiskLiesAboutSyncingTheDatabaseAlone) {
  expect_a_fault({.flaw = Flaw::lies_about_checkpoints, .cuts_opening = 0});
}

}  // namespace
}  // namespace salam::power_loss
