#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/ports/event_log.h"
#include "tests/simulation/world.h"

namespace salam::simulation {

/// The broker, as a transactional producer and readers who read committed see it.
class SimLog : public EventLog {
 public:
  struct Line {
    std::string aggregate;
    std::int64_t sequence = 0;
    std::string type;
    std::string data;
  };

  SimLog(double trouble, World& world) : world_(world), trouble_(trouble) {}

  Result<std::optional<std::int64_t>, EventLogError> open() override;
  /// The same for a producer without a `transactional.id`: nothing is fenced. For a mutation.
  Result<std::optional<std::int64_t>, EventLogError> open_without_fencing();
  Result<void, EventLogError> publish(std::span<const OutboxEvent> run) override;

  /// How long the calls since the last question blocked.
  Milliseconds take_time() { return std::exchange(took_, Milliseconds{0}); }
  /// The broker's limit is raised: what it refused it takes now.
  void take_all() { refuses_.clear(); }
  [[nodiscard]] const std::vector<Line>& topic() const { return topic_; }

 private:
  bool trouble() { return world_.faults && world_.dice.chance(trouble_); }
  std::optional<EventLogError> opening_fails();
  void commit(const std::vector<OutboxEvent>& run);
  /// The commit of a transaction is still in the network when its producer has given up or died.
  void commit_late(std::vector<OutboxEvent> run);
  EventLogError stumble(std::vector<OutboxEvent> run);

  World& world_;
  double trouble_;
  Milliseconds took_{0};
  std::uint64_t epoch_ = 0;     ///< The broker's.
  std::uint64_t producer_ = 0;  ///< The present producer's.
  std::optional<std::int64_t> committed_;
  std::set<std::int64_t> refuses_;
  std::vector<Line> topic_;
};

}  // namespace salam::simulation
