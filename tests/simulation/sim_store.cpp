#include "tests/simulation/sim_store.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace salam::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t max_batch = 64;
constexpr double crashes_per_commit = 0.002;
const Error overloaded{"overloaded", "too many writes wait for the disk"};
const Error storage_full{"storage_full", "the disk is full"};

}  // namespace

SimStore::SimStore(Settings settings, World& world, Random& random, Disk& disk)
    : settings_(settings),
      world_(world),
      owner_(world.gateway()),
      disk_(disk),
      writer_(disk.database, writer_settings_, world, random),
      reader_(disk.database) {}

void SimStore::accept(store::Intake intake, std::function<void(store::AcceptOutcome)> handler) {
  put(store::AcceptOperation{std::move(intake), std::move(handler)});
}

void SimStore::update(RequestKey key, Transition transition, std::function<void(store::UpdateOutcome)> handler) {
  put(store::UpdateOperation{key, std::move(transition), std::move(handler)});
}

void SimStore::update_once(RequestKey key, Transition transition, store::IdempotentAnswer identity,
                           std::function<store::IdempotentAnswer(store::IdempotentAnswer, const store::Updated&)> answer,
                           std::function<void(store::UpdateOutcome)> handler) {
  put(store::UpdateOperation{key, std::move(transition), std::move(handler), std::move(identity), std::move(answer)});
}

void SimStore::put_meeting(Meeting meeting, std::function<void(Result<bool>)> handler) {
  put(store::MeetingOperation{std::move(meeting), std::move(handler)});
}

void SimStore::mark_published(std::int64_t position) {
  published_ = std::max(published_.value_or(position), position);
  if (!busy_ && queue_.empty()) {
    world_.after(seconds(1), owner_, [this] { begin_soon(); });
  }
}

void SimStore::put(store::Operation operation) {
  if (world_.faults && world_.dice.chance(settings_.trouble)) {
    world_.counts.add(Happened::overloaded);
    store::refuse(operation, overloaded);
    store::reply(operation);
    return;
  }
  queue_.push_back(std::move(operation));
  begin_soon();
}

void SimStore::begin_soon() {
  if (busy_ || (queue_.empty() && !published_)) return;
  busy_ = true;
  world_.after(world_.dice.between({}, milliseconds(2)), owner_, [this] { begin(); });
}

void SimStore::begin() {
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), max_batch));
  batch_.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  publishing_ = std::exchange(published_, std::nullopt);
  if (world_.faults && world_.dice.chance(settings_.trouble)) {
    world_.counts.add(Happened::storage_full);
    for (auto& operation : batch_) store::refuse(operation, storage_full);
    published_ = std::exchange(publishing_, std::nullopt);
    reply_all(std::exchange(batch_, {}), false);
    return;
  }
  if (settings_.reply_before_commit) {
    keep_snapshot();
    apply();
    reply_all(std::exchange(batch_, {}), wrote_events_);
    return;
  }
  auto fsync = world_.dice.between(milliseconds(1), milliseconds(15));
  if (world_.faults && world_.dice.chance(0.01)) {
    fsync = world_.dice.between(seconds(1), seconds(20));
    world_.counts.add(Happened::slow_fsync);
  }
  if (world_.faults && world_.dice.chance(crashes_per_commit)) world_.kill_after(world_.dice.between({}, fsync + milliseconds(1)));
  world_.after(fsync, owner_, [this] { commit(); });
}

void SimStore::commit() {
  apply();
  // Committed, and not yet answered: the gateway may end here too.
  world_.after(world_.dice.between({}, milliseconds(1)), owner_,
               [this, wrote_events = wrote_events_] { reply_all(std::exchange(batch_, {}), wrote_events); });
}

void SimStore::apply() { wrote_events_ = writer_.apply(batch_, std::exchange(publishing_, std::nullopt)); }

void SimStore::reply_all(std::vector<store::Operation> done, bool wrote_events) {
  const auto again = settings_.reply_before_commit ? milliseconds(15) : milliseconds(0);
  world_.after(again, owner_, [this] {
    busy_ = false;
    snapshot_.clear();
    begin_soon();
  });
  for (auto& operation : done) store::reply(operation);
  if (wrote_events && listener_) listener_();
}

void SimStore::crash() {
  if (!snapshot_.empty()) put_snapshot_back();
  if (batch_.empty()) return;
  // A batch that was applied keeps its outcomes until it is answered: it is on the disk already.
  const bool applied = std::visit(
      []<class T>(const T& one) {
        if constexpr (requires { one.outcome; }) {
          return one.outcome.has_value();
        } else {
          return false;
        }
      },
      batch_.front());
  if (applied) return;
  const bool reached_the_disk = world_.dice.chance(0.5);
  world_.counts.add(reached_the_disk ? Happened::crash_kept_commit : Happened::crash_lost_commit);
  if (reached_the_disk) apply();
}

void SimStore::keep_snapshot() {
  sqlite3_int64 size = 0;
  auto* bytes = sqlite3_serialize(disk_.database.handle(), "main", &size, 0);
  snapshot_.assign(bytes, bytes + size);
  sqlite3_free(bytes);
}

void SimStore::put_snapshot_back() {
  auto* bytes = static_cast<unsigned char*>(sqlite3_malloc64(snapshot_.size()));
  std::ranges::copy(snapshot_, bytes);
  const auto size = static_cast<sqlite3_int64>(snapshot_.size());
  sqlite3_deserialize(disk_.database.handle(), "main", bytes, size, size, SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
}

}  // namespace salam::simulation
