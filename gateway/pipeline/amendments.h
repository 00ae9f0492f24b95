#pragma once

#include <array>
#include <memory>

#include "gateway/domain/amendments.h"
#include "gateway/pipeline/enclosures.h"
#include "gateway/pipeline/engine.h"
#include "gateway/ports/upstream.h"

namespace salam::pipeline {

/// Tells the systems what changed of requests that they hold: commits the intent, calls, commits the outcome; looks up what is uncertain.
/// Lives on the core thread.
class Amendments {
 public:
  /// All of these outlive it.
  Amendments(Engine& engine, Upstream& system137, Upstream& service_desk, const Enclosures& enclosures);

  /// An amendment's task of either system's lane.
  void run(const Task& task);
  /// It fails where others pass.
  void poison(const Task& task);

 private:
  bool& proved(Lane lane) { return proved_[lane == Lane::system137 ? 0 : 1]; }
  Upstream& upstream(Lane lane) { return lane == Lane::system137 ? system137_ : service_desk_; }
  lifecycle::AmendmentPower power(Lane lane);

  void call(const Task& task, Request request);
  void send(const Task& task, const std::shared_ptr<const Request>& request, Enclosed enclosed);
  /// Attachments that cannot be handed on: no address leads to them, and their files are lost, too big or not wanted.
  void leave_out(const Task& task, const Request& request, const std::string& note);
  /// Looks for what was just made, unless the lookup has proved itself: one that finds nothing may be kept from seeing it.
  void prove_lookup(Lane lane, const std::shared_ptr<const Request>& amended);
  void look_up(const Task& task);
  Verdict judge(const Task& task, Timestamp at, Reply<AmendOutcome> reply);
  Verdict judge(const Task& task, Timestamp at, Reply<LookupOutcome> reply);

  Engine& engine_;
  Upstream& system137_;
  Upstream& service_desk_;
  const Enclosures& enclosures_;
  std::array<bool, 2> proved_{};  ///< Since the start, the lookup has found what was made.
};

}  // namespace salam::pipeline
