#include "tests/power_loss/history.h"

#include <latch>
#include <utility>

#include <spdlog/fmt/fmt.h>

#include "gateway/store/checkpointer.h"
#include "gateway/store/schema.h"
#include "gateway/store/writer.h"

namespace salam::power_loss {
namespace {

using lifecycle::Moment;
using lifecycle::Policy;

Result<Change> next_of_message(const Record& record, const Policy& policy, const Moment& moment) {
  if (record.messages.empty()) return Error{"overtaken", "nothing to do"};
  const auto& message = record.messages[moment.random_bits % record.messages.size()];
  switch (message.state) {
    case MessageState::queued:
      return lifecycle::message_sending(record, message.id, "line", policy, moment);
    case MessageState::sending:
      if (moment.random_bits % 8 == 1) return lifecycle::message_uncertain(record, message.id, "reset", {}, policy, moment);
      [[fallthrough]];
    case MessageState::uncertain:
      if (moment.random_bits % 4 == 0) return lifecycle::message_later(record, message.id, "busy", {}, policy, moment);
      return lifecycle::message_sent(record, message.id, "line", "p-1", policy.delivery_first_poll, policy, moment);
    default:
      return lifecycle::message_delivered(record, message.id, policy, moment);
  }
}

/// A step that the request may take from where it stands.
Result<Change> next_step(const Record& record, const Policy& policy, const Moment& moment) {
  constexpr lifecycle::LookupPower lookup{.possible = true, .proved = true};
  const auto code = std::to_string(moment.random_bits % 100'000);
  switch (record.request.registration.state) {
    case RegistrationState::calling:
      switch (moment.random_bits % 4) {
        case 0:
          return lifecycle::call_refused(record, "not ours", policy, moment);
        case 1:
          return lifecycle::call_uncertain(record, "timeout", lookup, policy, moment);
        case 2:
          return lifecycle::call_pending(record, "token", policy, moment);
        default:
          return lifecycle::call_registered(record, code, policy, moment);
      }
    case RegistrationState::pending:
      return lifecycle::poll_registered(record, code, policy, moment);
    case RegistrationState::uncertain:
      return lifecycle::lookup_found(record, code, policy, moment);
    case RegistrationState::registered:
      return next_of_message(record, policy, moment);
    case RegistrationState::held:
      return lifecycle::settle(record, {.action = SettleAction::registered, .by = "officer", .system = {}, .code = code, .note = {}},
                               policy, moment);
    default:
      return lifecycle::begin_call(record, lookup, policy, moment);
  }
}

}  // namespace

store::Operation History::meeting(const Disk& disk) {
  auto meeting = store::test::meeting(fmt::format("m{}", ++meetings_));
  return store::MeetingOperation{meeting, [this, &disk, meeting](const Result<bool>& put) {
                                   if (put) ledger_.answered(meeting, disk.position());
                                 }};
}

store::Operation History::request(const Disk& disk) {
  constexpr std::uint64_t longest_form = 20'000;
  auto intake = store::test::intake(fmt::format("f{}", ++forms_), 1, "v1:a", fmt::format("m{}", 1 + below(meetings_)));
  if (below(3) == 0) intake.original.append(below(longest_form), 'x');
  intake.first_change = [this, now = machine_.clock.now()](Request fresh) {
    return lifecycle::received(std::move(fresh), policy_, {.now = now});
  };
  return store::AcceptOperation{std::move(intake), [this, &disk](const store::AcceptOutcome& outcome) {
                                  if (const auto* got = std::get_if<store::Accepted>(&outcome)) {
                                    ledger_.answered(got->record, disk.position());
                                  } else if (const auto* same = std::get_if<store::Replayed>(&outcome)) {
                                    ledger_.answered(same->record, disk.position());
                                  }
                                }};
}

store::Operation History::update(const Disk& disk) {
  Moment moment{.now = machine_.clock.now(), .jitter = 0.5, .random_bits = chance_() >> 1, .attempt = {}};
  if (below(2) == 0) {
    moment.attempt = Attempt{.target = "137", .action = "register", .at = moment.now, .outcome = "registered", .detail = "d"};
  }
  store::UpdateOperation update{.key = static_cast<RequestKey>(1 + below(forms_ + 1)),
                                .transition = [this, moment](const Record& record) { return next_step(record, policy_, moment); },
                                .handler =
                                    [this, &disk](const store::UpdateOutcome& outcome) {
                                      if (outcome) ledger_.answered(outcome->record, disk.position());
                                    }};
  if (below(4) != 0) return update;
  update.identity = store::IdempotentAnswer{.caller = caller, .key = fmt::format("k{}", ++answers_), .fingerprint = "v1"};
  update.answer = [](store::IdempotentAnswer identity, const store::Updated&) { return identity; };
  update.handler = [this, &disk, identity = *update.identity](const store::UpdateOutcome& outcome) {
    if (!outcome) return;
    ledger_.answered(outcome->record, disk.position());
    ledger_.answered(identity, disk.position());
  };
  return update;
}

store::Operation History::next(const Disk& disk) {
  machine_.clock.advance(Milliseconds(below(5'000)));
  const auto kind = below(20);
  if (meetings_ == 0 || kind == 0) return meeting(disk);
  if (kind == 1)
    return store::AttemptOperation{static_cast<RequestKey>(1 + below(forms_ + 1)), Attempt{.target = "137", .action = "look_up"}};
  return forms_ == 0 || kind < 10 ? request(disk) : update(disk);
}

std::vector<store::Operation> History::batch(const Disk& disk) {
  std::vector<store::Operation> batch;
  for (auto size = 1 + below(6); size > 0; --size) batch.push_back(next(disk));
  return batch;
}

Disk::Position History::open_once(Disk& disk) {
  machine_.plug_in(disk);
  const auto store = machine_.open().value();
  const auto opened = disk.position();
  ledger_.shown(*store, opened);
  return opened;
}

Disk::Position History::live_alone(Disk& disk, Wrong wrong) {
  const auto opened = open_once(disk);
  store::Settings settings;
  store::Database database(machine_.database(), store::Database::Access::write);
  if (wrong.synchronous_normal) database.execute("PRAGMA synchronous = NORMAL");
  store::Database beside(machine_.database(), store::Database::Access::write);
  store::Database reading(machine_.database(), store::Database::Access::read);
  store::Writer writer(database, settings, machine_.clock, machine_.random);
  std::optional<store::Transaction> snapshot;
  for (auto commits = 5 + below(15); commits > 0; --commits) {
    if (below(8) == 0) store::checkpoint(beside);
    if (below(8) == 0) store::checkpoint(database);
    if (below(4) == 0) {
      snapshot.reset();
      if (below(2) == 0) {
        snapshot.emplace(reading, store::Transaction::Mode::deferred);
        reading.number("SELECT count(*) FROM requests");
      }
    }
    auto work = batch(disk);
    std::optional<std::int64_t> published;
    if (below(3) == 0) published = database.number("SELECT max(position) FROM events");
    bool came_later = below(2) == 0;
    writer.apply(work, published, [&](std::vector<store::Operation>& more) {
      if (!std::exchange(came_later, false)) return false;
      store::checkpoint(beside);
      more.push_back(next(disk));
      return true;
    });
    for (auto& operation : work) reply(operation);
  }
  snapshot.reset();
  ledger_.read_events(machine_.database());
  return opened;
}

void History::give(store::Store& store, store::Operation operation) {
  if (auto* intake = std::get_if<store::AcceptOperation>(&operation)) {
    store.accept(std::move(intake->intake), std::move(intake->handler));
  } else if (auto* meeting = std::get_if<store::MeetingOperation>(&operation)) {
    store.put_meeting(std::move(meeting->meeting), std::move(meeting->handler));
  } else if (auto* noted = std::get_if<store::AttemptOperation>(&operation)) {
    store.note_attempt(noted->key, std::move(noted->attempt));
  } else if (auto* update = std::get_if<store::UpdateOperation>(&operation); update->identity) {
    store.update_once(update->key, std::move(update->transition), *update->identity, std::move(update->answer), std::move(update->handler));
  } else {
    store.update(update->key, std::move(update->transition), std::move(update->handler));
  }
}

Disk::Position History::live_with_threads(Disk& disk) {
  constexpr int few_pages = 30;
  machine_.plug_in(disk);
  const auto store = machine_.open({.max_batch = 1 + below(16), .checkpoint_pages = few_pages}).value();
  const auto opened = disk.position();
  ledger_.shown(*store, opened);
  for (auto waves = 2 + below(4); waves > 0; --waves) {
    for (auto writes = 1 + below(60); writes > 0; --writes) give(*store, next(disk));
    if (below(2) == 0) store->mark_published(store->outbox_state().last);
    std::latch answered(1);
    store->put_meeting(store::test::meeting("m0"), [&](const Result<bool>&) { answered.count_down(); });
    answered.wait();
  }
  store->close();
  ledger_.read_events(machine_.database());
  return opened;
}

}  // namespace salam::power_loss
