#include "tests/power_loss/trial.h"

#include <spdlog/fmt/fmt.h>

namespace salam::power_loss {
namespace {

constexpr int lives = 3;

bool takes_more(store::Store& store) {
  const store::test::Calls calls{store};
  return calls.put(store::test::meeting("after")).ok() &&
         std::holds_alternative<store::Accepted>(calls.accept(store::test::intake("after", 1, "v1:a", "after")));
}

}  // namespace

Trial::Trial(std::uint64_t seed, Options options)
    : seed_(seed), options_(options), chance_(seed), machine_(seed), history_(seed, machine_, ledger_) {}

std::optional<std::string> Trial::fault() {
  for (int life = 0; life < lives; ++life) {
    const auto span = live();
    if (auto fault = cut_somewhere(span)) return fault;
    end_life(span);
  }
  return std::nullopt;
}

std::optional<std::string> Trial::fault_while_opening() {
  for (const auto last : {false, true}) {
    const auto [begins, opened] = live();
    for (auto at = begins; at <= opened; ++at) {
      if (auto fault = cut(at)) return fault;
    }
    if (last) break;
    const auto end = disk_->position();
    disk_.reset(new Disk(disk_->after_kill(end)));
  }
  return std::nullopt;
}

Trial::Span Trial::live() {
  const auto begins = disk_->position();
  const auto opened = options_.threads == Threads::none ? history_.live_alone(*disk_, options_.wrong) : history_.live_with_threads(*disk_);
  return {begins, opened};
}

void Trial::end_life(Span life) {
  const auto end = anywhere(life.opened, disk_->position());
  const bool killed = chance_() % 2 == 0;
  disk_.reset(new Disk(killed ? disk_->after_kill(end) : disk_->after_power_loss(end, options_.flaw, chance_)));
  ledger_.keep(end, disk_->position());
}

std::optional<std::string> Trial::cut_somewhere(Span life) {
  for (int number = 0; number < options_.cuts_opening + options_.cuts_later; ++number) {
    const bool opening = number < options_.cuts_opening;
    if (auto fault = cut(opening ? anywhere(life.begins, life.opened) : anywhere(life.opened, disk_->position()))) return fault;
  }
  return std::nullopt;
}

std::optional<std::string> Trial::cut(Disk::Position at) {
  ++cuts_;
  auto same_chance = chance_;
  auto left = disk_->after_power_loss(at, options_.flaw, chance_);
  const auto problems = after(left, at);
  if (problems.empty()) return std::nullopt;
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("salam-power-loss-{}", seed_);
  std::filesystem::create_directories(folder);
  disk_->after_power_loss(at, options_.flaw, same_chance).save(folder);
  return fmt::format("seed {}, cut at operation {} of {}: {}\nThe disk as it was then: {}\nAgain: POWER_LOSS_SEED={}", seed_, at,
                     disk_->position(), fmt::join(problems, "; "), folder.string(), seed_);
}

Problems Trial::after(Disk& left, Disk::Position at) {
  machine_.plug_in(left);
  try {
    auto opened = machine_.open();
    if (!opened) return {opened.error().message};
    auto& store = **opened;
    auto problems = ledger_.missing(store, at);
    if (problems.empty()) problems = faults_in(machine_.database());
    if (problems.empty() && !takes_more(store)) problems.emplace_back("it takes no new request");
    return problems;
  } catch (const store::DatabaseError& error) {
    return {fmt::format("it cannot be read: {}", error.what())};
  }
}

}  // namespace salam::power_loss
