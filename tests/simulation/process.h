#pragma once

#include <memory>
#include <optional>

#include <prometheus/registry.h>

#include "gateway/pipeline/driver.h"
#include "gateway/pipeline/invitations.h"
#include "gateway/pipeline/relay_steps.h"
#include "tests/simulation/mutations.h"
#include "tests/simulation/sim_log.h"
#include "tests/simulation/sim_sms.h"
#include "tests/simulation/sim_store.h"
#include "tests/simulation/sim_upstream.h"

namespace salam::simulation {

/// What gateways come and go among.
struct Surroundings {
  World& world;
  const Scenario& scenario;
  Random& random;
  Disk& disk;
  SimUpstream& system137;
  SimUpstream& service_desk;
  SimSms& sms;
  SimSms& second_sms;
  SimLog& log;
};

/// One life of the gateway, wired as in gateway/app: store, driver, relay.
class Process {
 public:
  Process(Surroundings& around, Mutation mutation);
  ~Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// As POST /v1/requests.
  void accept(store::Intake intake, std::function<void(const store::AcceptOutcome&)> reply);
  /// As the calls that carry what a person decided. `idempotency_key`: empty where it needs none.
  using Decision = std::function<Result<Change>(const Record&, const lifecycle::Policy&, const lifecycle::Moment&)>;
  void carry_out(RequestKey key, Decision decision, const std::string& idempotency_key, std::function<void(const Result<void>&)> reply);
  /// As PUT and then POST /v1/meetings/m/invitation/approve.
  void invite(const Invitation& draft, const std::string& idempotency_key, std::function<void(const Result<void>&)> reply);
  /// As POST /v1/requests/{id}/attachments, of a link.
  void attach(RequestKey key, const std::string& url, std::function<void(const Result<void>&)> reply);
  [[nodiscard]] store::Store& store() { return *store_; }
  [[nodiscard]] pipeline::Driver& driver() { return driver_; }
  [[nodiscard]] pipeline::RelaySteps& relay() { return relay_; }
  Result<void> decide(std::int64_t position, bool skip);
  void crash() { disk_store_.crash(); }
  /// Counts the breakers that have opened since it was last called.
  void watch();

 private:
  void walk_step();
  void wait(const pipeline::RelaySteps::Next& next);
  void wake(pipeline::RelaySteps::Until from);
  void walk_after(Milliseconds wait);

  World& world_;
  Random& random_;
  const lifecycle::Policy& policy_;
  CoreThread core_;
  SimStore disk_store_;
  std::unique_ptr<store::Store> store_wrap_;
  store::Store* store_;
  std::unique_ptr<Upstream> wrap137_;
  std::unique_ptr<Upstream> wrap_desk_;
  std::unique_ptr<EventLog> wrap_log_;
  SimLog& log_;
  prometheus::Registry metrics_;
  pipeline::Driver driver_;
  pipeline::Invitations invitations_;
  pipeline::RelaySteps relay_;
  std::optional<pipeline::RelaySteps::Until> waits_for_;
  std::uint64_t walk_ = 0;
  bool new_events_ = false;
  std::array<bool, lane_count> open_{};
};

}  // namespace salam::simulation
