#include "tests/simulation/mutations.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "tests/simulation/forwarding_store.h"

namespace salam::simulation {
namespace {

bool becomes(const Record& before, const Change& change, RegistrationState state) {
  return before.request.registration.state != state && change.after.registration.state == state;
}

bool becomes(const Record& before, const Change& change, AmendmentState state) {
  return before.request.handling.amendment.state != state && change.after.handling.amendment.state == state;
}

/// What becomes uncertain waits instead, to be sent again.
class WithoutLookup : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  void update(RequestKey key, Transition transition, std::function<void(store::UpdateOutcome)> handler) override {
    ForwardingStore::update(
        key,
        [transition = std::move(transition)](const Record& record) {
          auto change = transition(record);
          if (!change || !becomes(record, *change, RegistrationState::uncertain)) return change;
          change->after.registration.state = RegistrationState::waiting;
          for (auto& task : change->tasks) task.lane = lane_of(change->after.registration.system);
          return change;
        },
        std::move(handler));
  }
};

class WithoutAmendmentLookup : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  void update(RequestKey key, Transition transition, std::function<void(store::UpdateOutcome)> handler) override {
    ForwardingStore::update(
        key,
        [transition = std::move(transition)](const Record& record) {
          auto change = transition(record);
          if (!change || !becomes(record, *change, AmendmentState::uncertain)) return change;
          auto& amendment = change->after.handling.amendment;
          amendment.state = AmendmentState::waiting;
          amendment.fields |= std::exchange(amendment.under_way, {});
          return change;
        },
        std::move(handler));
  }
};

/// Answers the intent of a call at once, and writes it only with the call's outcome.
template <class State>
class WithoutIntent : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  void update(RequestKey key, Transition transition, std::function<void(store::UpdateOutcome)> handler) override {
    if (const auto record = find(key); record && !intents_.contains(key)) {
      if (auto change = transition(*record); change && becomes(*record, *change, State::calling)) {
        intents_.emplace(key, std::move(transition));
        handler(store::Updated{{std::move(change->after), record->messages}, {}});
        return;
      }
    }
    const auto intent = intents_.extract(key);
    if (intent.empty()) return ForwardingStore::update(key, std::move(transition), std::move(handler));
    ForwardingStore::update(
        key,
        [intent = intent.mapped(), transition = std::move(transition)](const Record& record) -> Result<Change> {
          auto begun = intent(record);
          if (!begun) return begun;
          return transition({begun->after, record.messages});
        },
        std::move(handler));
  }

 private:
  std::map<RequestKey, Transition> intents_;
};

class SwappedEvents : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  std::vector<OutboxEvent> outbox(std::int64_t after, int limit) override {
    auto events = ForwardingStore::outbox(after, limit);
    for (std::size_t i = 1; i < events.size(); ++i) {
      if (events[i].aggregate != events[i - 1].aggregate) continue;
      std::swap(events[i], events[i - 1]);
      std::swap(events[i].position, events[i - 1].position);
    }
    return events;
  }
};

class WithoutSettling : public Upstream {
 public:
  explicit WithoutSettling(Upstream& upstream) : upstream_(upstream), traits_(upstream.traits()) {
    traits_.settle_after = Milliseconds{0};
    traits_.call_deadline = Milliseconds{0};
  }
  [[nodiscard]] const UpstreamTraits& traits() const override { return traits_; }
  void submit(std::shared_ptr<const Request> request, Handler<SubmitOutcome> handler) override {
    upstream_.submit(std::move(request), std::move(handler));
  }
  void look_up(std::shared_ptr<const Request> request, Handler<LookupOutcome> handler) override {
    upstream_.look_up(std::move(request), std::move(handler));
  }
  void poll(std::string token, Handler<PollOutcome> handler) override { upstream_.poll(std::move(token), std::move(handler)); }
  void amend(std::shared_ptr<const Request> request, const Handler<AmendOutcome>& handler) override {
    upstream_.amend(std::move(request), handler);
  }
  void look_up_amendment(std::shared_ptr<const Request> request, const Handler<LookupOutcome>& handler) override {
    upstream_.look_up_amendment(std::move(request), handler);
  }
  void follow_up(const std::vector<std::string>& codes, const Handler<FollowUpOutcome>& handler) override {
    upstream_.follow_up(codes, handler);
  }

 private:
  Upstream& upstream_;
  UpstreamTraits traits_;
};

class WithoutFencing : public EventLog {
 public:
  explicit WithoutFencing(SimLog& log) : log_(log) {}
  Result<std::optional<std::int64_t>, EventLogError> open() override { return log_.open_without_fencing(); }
  Result<void, EventLogError> publish(std::span<const OutboxEvent> run) override { return log_.publish(run); }

 private:
  SimLog& log_;
};

}  // namespace

std::string_view to_string(Mutation mutation) {
  switch (mutation) {
    case Mutation::none:
      return "none";
    case Mutation::no_lookup:
      return "no_lookup";
    case Mutation::no_settling:
      return "no_settling";
    case Mutation::no_intent:
      return "no_intent";
    case Mutation::no_amendment_lookup:
      return "no_amendment_lookup";
    case Mutation::no_amendment_intent:
      return "no_amendment_intent";
    case Mutation::early_reply:
      return "early_reply";
    case Mutation::swapped_events:
      return "swapped_events";
    case Mutation::no_fencing:
      return "no_fencing";
  }
  return "";
}

std::unique_ptr<store::Store> wrapped(Mutation mutation, store::Store& store) {
  if (mutation == Mutation::no_lookup) return std::make_unique<WithoutLookup>(store);
  if (mutation == Mutation::no_intent) return std::make_unique<WithoutIntent<RegistrationState>>(store);
  if (mutation == Mutation::no_amendment_lookup) return std::make_unique<WithoutAmendmentLookup>(store);
  if (mutation == Mutation::no_amendment_intent) return std::make_unique<WithoutIntent<AmendmentState>>(store);
  if (mutation == Mutation::swapped_events) return std::make_unique<SwappedEvents>(store);
  return {};
}

std::unique_ptr<Upstream> wrapped(Mutation mutation, Upstream& upstream) {
  if (mutation == Mutation::no_settling && upstream.traits().has_lookup) return std::make_unique<WithoutSettling>(upstream);
  return {};
}

std::unique_ptr<EventLog> wrapped(Mutation mutation, SimLog& log) {
  if (mutation == Mutation::no_fencing) return std::make_unique<WithoutFencing>(log);
  return {};
}

}  // namespace salam::simulation
