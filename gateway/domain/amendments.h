#pragma once

#include <optional>
#include <string_view>

#include "gateway/domain/lifecycle.h"

/// How the system that holds a request is told of what changed since: the transitions of `Case::amendment`.
namespace salam::lifecycle {

/// So often are attachments told again under one number where calls get no clear answer; then under the next, where they may come to stand
/// twice.
inline constexpr int most_calls_for_attachments = 10;

/// What the system allows.
struct AmendmentPower {
  bool possible = false;             ///< It can be told; else a person tells it.
  bool sets_values = false;          ///< The same twice comes to the same: after an uncertain outcome it is sent again.
  bool lookup = false;               ///< Whether one stands there can be looked up.
  bool proved = false;               ///< Since the start that has found one that was made.
  bool attachments = false;          ///< It has a place for attachments; else they are not told where it can be told.
  Milliseconds believable_after{0};  ///< So long after its intent a call has acted and shows, or never will.
};

/// Commits the intent of a call. Errors that say what to do instead: `look_up` (uncertain), `overtaken`. One found in `calling` was left so
/// by a process that died. What cannot be sent, looked up or repeated goes to a person.
Result<Change> begin_amendment(const Record& record, const AmendmentPower& power, const Policy& policy, const Moment& moment);

/// Nothing of the attachments under way could be handed on: no call was made.
Result<Change> amendment_left_out(const Record& record, const Policy& policy, const Moment& moment);
Result<Change> amendment_done(const Record& record, const Policy& policy, const Moment& moment);
Result<Change> amendment_later(const Record& record, std::string_view why, std::optional<Milliseconds> after, const Policy& policy,
                               const Moment& moment);
Result<Change> amendment_uncertain(const Record& record, std::string_view why, const AmendmentPower& power, const Policy& policy,
                                   const Moment& moment);
/// Refused, unclear, by hand, or failing where others pass: a person tells the system.
Result<Change> amendment_held(const Record& record, std::string_view why, const Policy& policy, const Moment& moment);

Result<Change> amendment_found(const Record& record, const Policy& policy, const Moment& moment);
/// `asked_at`: when the lookup went out. Sent again only where that was late enough and the lookup has proved itself; else a person sees to
/// it.
Result<Change> amendment_absent(const Record& record, Timestamp asked_at, const AmendmentPower& power, const Policy& policy,
                                const Moment& moment);
/// The lookup came to nothing: it is asked again.
Result<Change> amendment_lookup_failed(const Record& record, std::string_view why, std::optional<Milliseconds> after, const Policy& policy,
                                       const Moment& moment);

}  // namespace salam::lifecycle
