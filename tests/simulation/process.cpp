#include "tests/simulation/process.h"

#include <utility>

namespace salam::simulation {

using Until = pipeline::RelaySteps::Until;

namespace {

template <class Port>
Port& or_itself(const std::unique_ptr<Port>& wrapped, Port& itself) {
  return wrapped ? *wrapped : itself;
}

std::vector<pipeline::SmsLine> lines(const Surroundings& around) {
  std::vector<pipeline::SmsLine> lines{{"first", around.sms}};
  if (around.scenario.two_lines) lines.push_back({"second", around.second_sms});
  return lines;
}

}  // namespace

Process::Process(Surroundings& around, Mutation mutation)
    : world_(around.world),
      random_(around.random),
      policy_(around.scenario.driver.policy),
      core_(around.world),
      disk_store_({.trouble = around.scenario.store_trouble, .reply_before_commit = mutation == Mutation::early_reply}, around.world,
                  around.random, around.disk),
      store_wrap_(wrapped(mutation, disk_store_)),
      store_(store_wrap_ ? store_wrap_.get() : &disk_store_),
      wrap137_(wrapped(mutation, around.system137)),
      wrap_desk_(wrapped(mutation, around.service_desk)),
      wrap_log_(wrapped(mutation, around.log)),
      log_(around.log),
      driver_(around.scenario.driver,
              {.store = *store_,
               .system137 = or_itself<Upstream>(wrap137_, around.system137),
               .service_desk = or_itself<Upstream>(wrap_desk_, around.service_desk),
               .sms = lines(around),
               .clock = around.world,
               .random = around.random,
               .executor = core_,
               .media_url = [](const Attachment& attachment) { return attachment.url.reveal(); }},
              metrics_),
      invitations_(policy_, {.store = *store_,
                             .clock = around.world,
                             .random = around.random,
                             .executor = core_,
                             .added = [this](std::vector<Task> tasks) { driver_.added(std::move(tasks)); }}),
      relay_(*store_, or_itself<EventLog>(wrap_log_, around.log), around.world, around.scenario.relay, {}) {
  store_->on_events([this] {
    new_events_ = true;
    wake(Until::events);
  });
  core_.post([this] {
    driver_.start();
    invitations_.start();
  });
  walk_after(Milliseconds{0});
}

void Process::accept(store::Intake intake, std::function<void(const store::AcceptOutcome&)> reply) {
  intake.first_change = [this](Request fresh) {
    return lifecycle::received(std::move(fresh), policy_, {.now = world_.now(), .random_bits = random_.bits()});
  };
  store_->accept(std::move(intake), [this, reply = std::move(reply)](store::AcceptOutcome outcome) {
    if (auto* accepted = std::get_if<store::Accepted>(&outcome)) driver_.added(std::move(accepted->tasks));
    reply(outcome);
  });
}

void Process::carry_out(RequestKey key, Decision decision, const std::string& idempotency_key,
                        std::function<void(const Result<void>&)> reply) {
  const lifecycle::Moment moment{.now = world_.now(), .jitter = 0, .random_bits = random_.bits(), .attempt = {}};
  auto transition = [this, decision = std::move(decision), moment](const Record& record) { return decision(record, policy_, moment); };
  auto done = [this, reply = std::move(reply)](store::UpdateOutcome outcome) {
    if (outcome) driver_.added(std::move(outcome->tasks));
    reply(outcome || outcome.error().code == "answer_kept" ? Result<void>{} : Result<void>{outcome.error()});
  };
  if (idempotency_key.empty()) return store_->update(key, std::move(transition), std::move(done));
  store_->update_once(
      key, std::move(transition), {.caller = "officers", .key = idempotency_key, .fingerprint = {}, .status = 0, .body = {}},
      [](store::IdempotentAnswer kept, const store::Updated&) { return kept; }, std::move(done));
}

void Process::invite(const Invitation& draft, const std::string& idempotency_key, std::function<void(const Result<void>&)> reply) {
  store_->put_invitation("m", draft, [this, by = draft.by, idempotency_key, reply = std::move(reply)](const store::InvitationOutcome& put) {
    if (!put) return reply(put.error());
    store_->approve_invitation(
        {.meeting = "m", .version = put->version, .by = by, .key = {}},
        {.caller = "officers", .key = idempotency_key, .fingerprint = {}, .status = 0, .body = {}},
        [](store::IdempotentAnswer kept, const InvitationRecord&) { return kept; },
        [this, reply](const store::InvitationOutcome& outcome) {
          if (outcome) invitations_.approved();
          reply(outcome || outcome.error().code == "answer_kept" ? Result<void>{} : Result<void>{outcome.error()});
        });
  });
}

void Process::attach(RequestKey key, const std::string& url, std::function<void(const Result<void>&)> reply) {
  store::NewAttachment fresh{.request = key, .attachment = {.url = Sensitive(url)}, .most = 100};
  fresh.then = [this, now = world_.now()](const Record& record) { return lifecycle::attached(record, false, policy_, {.now = now}); };
  store_->attach(std::move(fresh), [this, reply = std::move(reply)](const store::AttachOutcome& outcome) {
    if (outcome) driver_.added(outcome->tasks);
    reply(outcome ? Result<void>{} : Result<void>{outcome.error()});
  });
}

Result<void> Process::decide(std::int64_t position, bool skip) {
  auto done = relay_.decide(position, skip);
  if (done) wake(Until::decided);
  return done;
}

void Process::watch() {
  for (std::size_t i = 0; i < lane_count; ++i) {
    const bool open = driver_.status(static_cast<Lane>(i)).view.breaker != pipeline::Breaker::closed;
    if (open && !open_[i]) world_.counts.add(Happened::breaker_opened);
    open_[i] = open;
  }
}

// --- the relay's thread -------------------------------------------------------------------------------------------

void Process::walk_after(Milliseconds wait) {
  world_.after(wait, world_.gateway(), [this, walk = ++walk_] {
    if (walk == walk_) walk_step();
  });
}

void Process::walk_step() {
  waits_for_.reset();
  new_events_ = false;
  const auto next = relay_.step();
  // The call has blocked the thread until then.
  world_.after(log_.take_time(), world_.gateway(), [this, next] { wait(next); });
}

void Process::wait(const pipeline::RelaySteps::Next& next) {
  const bool ready =
      next.until == Until::now || (next.until == Until::events && new_events_) || (next.until == Until::decided && relay_.decided());
  if (ready) return walk_after(Milliseconds{0});
  waits_for_ = next.until;
  if (next.until != Until::decided) walk_after(next.at_most);
}

void Process::wake(Until from) {
  if (waits_for_ == from) walk_after(Milliseconds{0});
}

}  // namespace salam::simulation
