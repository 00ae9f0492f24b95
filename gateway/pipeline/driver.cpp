#include "gateway/pipeline/driver.h"

#include <algorithm>
#include <utility>

namespace salam::pipeline {

Driver::Driver(Settings settings, World world, prometheus::Registry& metrics)
    : settings_(std::move(settings)),
      engine_(settings_.lanes, settings_.policy,
              {.store = world.store, .clock = world.clock, .random = world.random, .executor = world.executor},
              {.run = [this](const Start& start) { run(start); },
               .committed = [this](const Record& record) { committed(record); },
               .fails_alone =
                   [this](const Task& task) {
                     // A text message is refused for the account's sake, never for its own.
                     if (task.message != 0) return;
                     task.amendment ? amendments_.poison(task) : registrations_.poison(task);
                   },
               .drained = [this] { end_drain(); }},
              metrics),
      enclosures_(engine_.world(), std::move(world.media_url)),
      registrations_(engine_, world.system137, world.service_desk, enclosures_),
      amendments_(engine_, world.system137, world.service_desk, enclosures_),
      follow_ups_(engine_, world.system137, world.service_desk),
      messages_(engine_, std::move(world.sms), settings_.lanes[static_cast<std::size_t>(Lane::sms)]) {}

void Driver::run(const Start& start) {
  switch (start.lane) {
    case Lane::system137:
    case Lane::service_desk:
      for (const auto& task : start.tasks) task.amendment ? amendments_.run(task) : registrations_.run(task);
      break;
    case Lane::sms:
      for (const auto& task : start.tasks) messages_.send(task);
      break;
    case Lane::sms_status:
      messages_.ask_status(start.tasks);
      break;
    case Lane::status137:
    case Lane::desk_status:
      follow_ups_.ask(start.lane, start.tasks);
      break;
    case Lane::clock:
      for (const auto& task : start.tasks) strike(task);
      break;
  }
}

void Driver::strike(const Task& task) {
  engine_.commit(task, {.transition = [&policy = engine_.policy(), when = engine_.moment()](
                                          const Record& record) { return lifecycle::clock_due(record, policy, when); },
                        .health = Health::none});
}

void Driver::await_registration(RequestKey key, Milliseconds wait, std::function<void(std::optional<Record>)> handler) {
  engine_.world().executor.post([this, key, wait, handler = std::move(handler)]() mutable {
    auto record = engine_.world().store.find(key);
    if (!record || record->request.registration.state == RegistrationState::registered || engine_.is_drained()) {
      handler(std::move(record));
      return;
    }
    auto waiter = std::make_shared<Waiter>(std::move(handler));
    waiters_.emplace(key, waiter);
    engine_.world().executor.call_after(wait, [this, key, waiter] {
      const auto [first, last] = waiters_.equal_range(key);
      const auto found = std::find_if(first, last, [&](const auto& entry) { return entry.second == waiter; });
      if (found == last) return;
      waiters_.erase(found);
      (*waiter)(engine_.world().store.find(key));
    });
  });
}

void Driver::drain(std::function<void()> drained) {
  drained_ = std::move(drained);
  engine_.drain();
}

void Driver::end_drain() {
  for (const auto& [key, waiter] : std::exchange(waiters_, {})) (*waiter)(engine_.world().store.find(key));
  drained_();
}

void Driver::committed(const Record& record) {
  if (record.request.registration.state != RegistrationState::registered) return;
  const auto [first, last] = waiters_.equal_range(record.request.key);
  std::vector<std::shared_ptr<Waiter>> waiting;
  for (auto entry = first; entry != last; ++entry) waiting.push_back(entry->second);
  waiters_.erase(first, last);
  for (const auto& waiter : waiting) (*waiter)(record);
}

}  // namespace salam::pipeline
