#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/domain/request.h"
#include "gateway/ports/upstream.h"

namespace salam {

namespace outcome {
struct Sent {
  std::string provider_id;
};
/// For good, for this message: a bad receiver, a text too long.
struct Rejected {
  std::string why;
};
}  // namespace outcome

using SendOutcome = std::variant<outcome::Sent, outcome::Rejected, outcome::TryLater, outcome::Uncertain, outcome::Misconfigured>;

struct DeliveryStatus {
  std::string provider_id;
  Delivery delivery = Delivery::unknown;
  std::string reason;  ///< The provider's words where it failed.
};
using StatusOutcome = std::variant<std::vector<DeliveryStatus>, outcome::TryLater, outcome::Misconfigured>;
using SmsLookupOutcome = std::variant<outcome::Sent, outcome::Absent, outcome::TryLater, outcome::Misconfigured>;

/// What a provider tells of its own accord, as the parameters of a callback's query or form.
using CallbackParameters = std::vector<std::pair<std::string, std::string>>;
struct DeliveryNotice {
  std::string provider_id;               ///< Of the message.
  std::optional<DeliveryStatus> status;  ///< Absent where a callback is not believed by itself: the provider is asked.
};

struct SmsTraits {
  bool deduplicates = false;  ///< A send repeated with the same message id is not sent twice, so an uncertain one is simply repeated.
  Milliseconds deduplicates_for{0};   ///< After the first send with that id; longer it is not relied upon.
  bool has_lookup = false;            ///< It can be asked by our message id.
  Milliseconds absent_after{60'000};  ///< How long after a send "absent" may be believed.
  Milliseconds uncertain_for{10 *
                             60'000};  ///< As long may a lookup or a report still tell what became of a send. Then it is sent once more.
  bool has_status = true;              ///< Delivery can be asked for; otherwise reports come by callback alone.
  std::size_t status_batch = 500;
  Milliseconds call_deadline{10'000};
};

/// A text message provider. Same thread rules as `Upstream`.
class SmsProvider {
 public:
  template <class Outcome>
  using Handler = std::function<void(Reply<Outcome>)>;

  virtual ~SmsProvider() = default;
  [[nodiscard]] virtual const SmsTraits& traits() const = 0;
  virtual void send(const Message& message, Handler<SendOutcome> handler) = 0;
  /// At most `status_batch` ids. Only with `has_status`.
  virtual void status(std::vector<std::string> provider_ids, Handler<StatusOutcome> handler) = 0;
  /// Whether it has sent this message. Only with `has_lookup`.
  virtual void look_up(const Message& /*message*/, const Handler<SmsLookupOutcome>& /*handler*/) {}
  /// From any thread. Nothing where it is none.
  [[nodiscard]] virtual std::optional<DeliveryNotice> read_callback(const CallbackParameters& /*parameters*/) const { return {}; }
};

}  // namespace salam
