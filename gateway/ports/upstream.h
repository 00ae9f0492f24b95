#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/domain/change.h"
#include "gateway/domain/request.h"
#include "gateway/domain/result.h"
#include "gateway/domain/time.h"

namespace salam {

/// What an upstream's answer means. See the failure policy in README.md.
namespace outcome {
struct Registered {
  std::string code;
};
struct Pending {
  std::string token;
};
struct ByHand {};
struct Refused {
  std::string why;
};
/// 429, 503, or nothing was sent (DNS, connect, TLS).
struct TryLater {
  std::string why;
  std::optional<Milliseconds> after;
  bool reachable = false;  ///< The upstream answered (429, 503); false: it could not be reached.
};
/// May have acted: anything after the first byte went out without a readable answer.
struct Uncertain {
  std::string why;
};
/// A 3xx or 4xx that no rule in the configuration calls a refusal.
struct Unclear {
  std::string why;
};
/// 401, 403: ours to mend, not the request's.
struct Misconfigured {
  std::string why;
};
struct Found {
  std::string code;
};
struct Absent {};
/// A token's code is not there yet.
struct NotYet {};
/// What changed stands in the system now.
struct Amended {};
}  // namespace outcome

using SubmitOutcome = std::variant<outcome::Registered, outcome::Pending, outcome::ByHand, outcome::Refused, outcome::TryLater,
                                   outcome::Uncertain, outcome::Unclear, outcome::Misconfigured>;
/// `Absent` only when every page was read and each item was looked at; a hit only where the item itself carries our code.
using LookupOutcome = std::variant<outcome::Found, outcome::Absent, outcome::TryLater, outcome::Unclear, outcome::Misconfigured>;
using PollOutcome = std::variant<outcome::Registered, outcome::NotYet, outcome::TryLater, outcome::Unclear, outcome::Misconfigured>;

using AmendOutcome = std::variant<outcome::Amended, outcome::ByHand, outcome::Refused, outcome::TryLater, outcome::Uncertain,
                                  outcome::Unclear, outcome::Misconfigured>;

/// Only what the system says; a code that it leaves out has no news.
using FollowUpOutcome = std::variant<std::vector<ProgressReport>, outcome::TryLater, outcome::Unclear, outcome::Misconfigured>;

/// What came back, for operators: shortened, personal data out.
template <class Outcome>
struct Reply {
  Outcome outcome;
  Milliseconds took{0};
  std::string excerpt;
};

struct UpstreamTraits {
  bool by_hand = false;
  bool has_lookup = false;
  std::optional<Milliseconds>
      settle_after;                    ///< How long after intent plus call deadline "absent" may be believed; unset: a person settles.
  Milliseconds call_deadline{30'000};  ///< Of one call, connect included.
  std::size_t follow_up_batch = 0;     ///< Registrations that one call can ask after; 0: none can be asked after.
  bool amends = false;                 ///< It can be told of changes; else a person tells it.
  bool amendment_sets_values = false;  ///< The same amendment twice comes to the same: it may be sent again without looking.
  bool has_amendment_lookup = false;
  bool amendment_takes_media = false;     ///< It has a place for attachments, by their addresses or as files.
  std::size_t takes_files = 0;            ///< Bytes of files that one registration may carry; 0: it carries none.
  std::size_t amendment_takes_files = 0;  ///< The same of an amendment.
};

/// 137 or the service desk, behind whichever driver serves it. Lives on the core thread: called there, and calls back there, exactly once,
/// within the call deadline, never from inside the call itself.
class Upstream {
 public:
  template <class Outcome>
  using Handler = std::function<void(Reply<Outcome>)>;

  virtual ~Upstream() = default;
  [[nodiscard]] virtual const UpstreamTraits& traits() const = 0;
  /// With the request's `files`, where it takes them. Where the system refuses them for themselves, it registers the request without them,
  /// and the excerpt says so.
  virtual void submit(std::shared_ptr<const Request> request, Handler<SubmitOutcome> handler) = 0;
  /// Looks for the request by its tracking code among what the upstream holds.
  virtual void look_up(std::shared_ptr<const Request> request, Handler<LookupOutcome> handler) = 0;
  virtual void poll(std::string token, Handler<PollOutcome> handler) = 0;
  /// Tells the system of what changed since the registration: `handling.amendment` of the request says what, and which number this one
  /// has. With the request's `files`, as `submit`. Only where it `amends`.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): an implementation keeps the request.
  virtual void amend(std::shared_ptr<const Request> /*request*/, const Handler<AmendOutcome>& /*handler*/) {}
  /// Whether the amendment of that number stands in the system; `Found` leaves the code empty. Only with `has_amendment_lookup`.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): an implementation keeps the request.
  virtual void look_up_amendment(std::shared_ptr<const Request> /*request*/, const Handler<LookupOutcome>& /*handler*/) {}
  /// What has become of what is registered under these codes, at most `follow_up_batch` of them. Only where that is not 0.
  virtual void follow_up(const std::vector<std::string>& /*codes*/, const Handler<FollowUpOutcome>& /*handler*/) {}
  /// What the system tells of its own accord, as the body of a callback. From any thread. Errors: `callback_unreadable` with what was
  /// expected.
  [[nodiscard]] virtual Result<std::vector<ProgressReport>> read_callback(std::string_view /*body*/) const {
    return Error{"callback_unreadable", "nothing is known of this system's callbacks"};
  }
};

}  // namespace salam
