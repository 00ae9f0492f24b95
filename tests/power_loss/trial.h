#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/power_loss/history.h"

namespace salam::power_loss {

/// One seed: several lives of a store, each on the disk that the end of the last one left (the power cut, or the program killed); and of
/// each life, cuts anywhere in it, after which the store is opened as the gateway opens it and held against the ledger.
class Trial {
 public:
  enum class Threads { none, all };
  struct Options {
    Threads threads = Threads::none;
    Disk::Flaw flaw = Disk::Flaw::none;
    Wrong wrong = {};
    /// Cuts while the store is opened, and after that, of each life.
    int cuts_opening = 3;
    int cuts_later = 7;
  };

  Trial(std::uint64_t seed, Options options);

  /// What the first cut that lost something lost, where its disk is kept and how to see it again; nothing where all is well.
  std::optional<std::string> fault();
  [[nodiscard]] int cuts() const { return cuts_; }

  /// Cuts at each operation of the first opening and of one after a kill, so that checkpoint(TRUNCATE) has something to do.
  std::optional<std::string> fault_while_opening();

 private:
  struct Span {
    Disk::Position begins = 0;
    Disk::Position opened = 0;
  };

  Span live();
  void end_life(Span life);
  std::optional<std::string> cut_somewhere(Span life);
  std::optional<std::string> cut(Disk::Position at);
  /// Opens what is left and looks.
  Problems after(Disk& left, Disk::Position at);
  Disk::Position anywhere(Disk::Position from, Disk::Position to) { return from + chance_() % (to - from + 1); }

  std::uint64_t seed_;
  Options options_;
  Chance chance_;
  Machine machine_;
  Ledger ledger_;
  History history_;
  std::unique_ptr<Disk> disk_ = std::make_unique<Disk>();
  int cuts_ = 0;
};

}  // namespace salam::power_loss
