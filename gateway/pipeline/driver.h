#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "gateway/domain/lifecycle.h"
#include "gateway/pipeline/amendments.h"
#include "gateway/pipeline/enclosures.h"
#include "gateway/pipeline/engine.h"
#include "gateway/pipeline/follow_ups.h"
#include "gateway/pipeline/messages.h"
#include "gateway/pipeline/registrations.h"

/// Carries the scheduler's actions out: commit the intent, call, commit the outcome with what follows from it.
namespace salam::pipeline {

struct Settings {
  std::array<LaneSettings, lane_count> lanes;
  lifecycle::Policy policy;
};

/// Lives on the executor's thread; what may be called elsewhere says so. Outlives nothing it is given.
class Driver {
 public:
  struct World {
    store::Store& store;
    Upstream& system137;
    Upstream& service_desk;
    std::vector<SmsLine> sms;  ///< In the order in which they are tried.
    Clock& clock;
    Random& random;
    Executor& executor;
    Enclosures::Url media_url{};  ///< Unset: attachments can be fetched nowhere.
  };

  Driver(Settings settings, World world, prometheus::Registry& metrics);

  /// Picks up what the store holds and goes on.
  void start() { engine_.advance(); }
  /// Tasks that were committed. From any thread.
  void added(std::vector<Task> tasks) { engine_.added(std::move(tasks)); }
  /// Calls back (on the executor's thread) once the request is registered, or when the wait is over, with its record as it then stands.
  /// From any thread.
  void await_registration(RequestKey key, Milliseconds wait, std::function<void(std::optional<Record>)> handler);
  /// Starts nothing more; calls back when nothing is under way, after all who await a registration.
  void drain(std::function<void()> drained);
  [[nodiscard]] LaneStatus status(Lane lane) const { return engine_.status(lane); }
  [[nodiscard]] bool lookup_proved(Lane lane) const { return registrations_.lookup_proved(lane); }
  [[nodiscard]] std::vector<SmsLineStatus> sms_lines() const { return messages_.status(); }

 private:
  using Waiter = std::function<void(std::optional<Record>)>;

  void run(const Start& start);
  /// A request's clock.
  void strike(const Task& task);
  void committed(const Record& record);
  void end_drain();

  Settings settings_;
  Engine engine_;
  Enclosures enclosures_;
  Registrations registrations_;
  Amendments amendments_;
  FollowUps follow_ups_;
  Messages messages_;
  std::unordered_multimap<RequestKey, std::shared_ptr<Waiter>> waiters_;
  std::function<void()> drained_;
};

}  // namespace salam::pipeline
