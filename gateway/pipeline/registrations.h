#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/pipeline/enclosures.h"
#include "gateway/pipeline/engine.h"
#include "gateway/ports/upstream.h"

namespace salam::pipeline {

/// Registers requests in 137 and the desk: commits the intent, calls, commits the outcome; looks up what is uncertain, asks after tokens.
/// Lives on the core thread.
class Registrations {
 public:
  /// All of these outlive it.
  Registrations(Engine& engine, Upstream& system137, Upstream& service_desk, const Enclosures& enclosures);

  /// A task of either system's lane.
  void run(const Task& task);
  /// It fails where others pass.
  void poison(const Task& task);
  /// Whether the system's lookup has found, since the start, what is known to be registered.
  [[nodiscard]] bool lookup_proved(Lane lane) const { return proof(lane).found; }

 private:
  struct Proof {
    bool found = false;
    std::optional<Clock::Steady> asked_at;
  };

  [[nodiscard]] const Proof& proof(Lane lane) const { return proofs_[lane == Lane::system137 ? 0 : 1]; }
  Proof& proof(Lane lane) { return proofs_[lane == Lane::system137 ? 0 : 1]; }
  Upstream& upstream(Lane lane) { return lane == Lane::system137 ? system137_ : service_desk_; }
  lifecycle::LookupPower power(Lane lane);

  void submit(const Task& task, Request request);
  /// With what of its attachments goes along.
  void call(const Task& task, const std::shared_ptr<const Request>& request, Enclosed enclosed);
  void look_up(const Task& task);
  void poll(const Task& task);
  /// Looks for what `registered` gives, unless the lookup has proved itself or was asked to just now.
  void prove_lookup(Lane lane, const std::function<std::optional<Request>()>& registered);
  /// With the newest registration that the store knows: nothing new may be coming that could prove it.
  void prove_lookup(Lane lane);

  Verdict judge(const Task& task, Timestamp at, Reply<SubmitOutcome> reply);
  Verdict judge(const Task& task, Timestamp at, Reply<LookupOutcome> reply);
  Verdict judge(const Task& task, Timestamp at, Reply<PollOutcome> reply);

  Engine& engine_;
  Upstream& system137_;
  Upstream& service_desk_;
  const Enclosures& enclosures_;
  std::array<Proof, 2> proofs_;
};

}  // namespace salam::pipeline
