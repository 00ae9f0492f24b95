#pragma once

#include <algorithm>

#include <gmock/gmock.h>

#include "gateway/domain/lifecycle.h"

namespace salam::lifecycle {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// One request under hand, to which changes are applied.
class LifecycleTest : public ::testing::Test {
 protected:
  static constexpr Timestamp start{hours(500'000)};

  static Request fresh(bool with_mobile = true) {
    Request request{.key = 7,
                    .id = {},
                    .code = TrackingCode::from_random(42),
                    .form_item = {.meeting = "m", .form = "1", .item = 1},
                    .meeting_date = tehran_date(start),
                    .received_at = start,
                    .received_from = "app",
                    .content = {.region = *Region::from_number(5)},
                    .route = {},
                    .registration = {},
                    .told = {}};
    if (with_mobile) request.content.citizen.mobile = Sensitive<std::string>("+989130000001");
    return request;
  }

  /// Applies a change as the store would.
  Change apply(Result<Change> result) {
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
    auto change = std::move(result).value();
    record_.request = change.after;
    for (const auto& message : change.messages) {
      const auto found = std::ranges::find(record_.messages, message.id, &Message::id);
      if (found == record_.messages.end()) {
        record_.messages.push_back(message);
      } else {
        *found = message;
      }
    }
    return change;
  }

  Moment at(Milliseconds after = Milliseconds(0)) const {
    return {.now = start + after, .jitter = 0.5, .random_bits = 0xabcdef, .attempt = {}};
  }
  RegistrationState state() const { return record_.request.registration.state; }
  bool open(AttentionReason reason) const { return record_.request.attention.contains(reason); }

  void receive(bool with_mobile = true) { apply(received(fresh(with_mobile), policy_, at())); }
  void call() {
    receive();
    apply(begin_call(record_, can_look_up_, policy_, at()));
  }
  std::int64_t register_and_write() {
    call();
    apply(call_registered(record_, "1234", policy_, at()));
    return record_.messages.back().id;
  }

  Policy policy_;
  LookupPower can_look_up_{.possible = true, .proved = true, .believable_after = minutes(10)};
  Record record_{.request = fresh(), .messages = {}};
};

}  // namespace salam::lifecycle
