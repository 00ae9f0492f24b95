#pragma once

#include <cstdint>
#include <functional>
#include <string>
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

enum class Delivery { on_the_way, delivered, failed, unknown };
struct DeliveryStatus {
  std::string provider_id;
  Delivery delivery = Delivery::unknown;
  std::string reason;  ///< The provider's words where it failed.
};
using StatusOutcome = std::variant<std::vector<DeliveryStatus>, outcome::TryLater, outcome::Misconfigured>;

struct SmsTraits {
  bool deduplicates = false;  ///< A send repeated with the same message id is not sent twice, so an uncertain one is simply repeated.
  Milliseconds deduplicates_for{0};  ///< After the first send with that id; longer it is not relied upon.
  bool looks_up = false;         ///< A message sent again (`attempts` > 1) is first looked for by its id and sent only where it is absent.
  Milliseconds settle_after{0};  ///< Sooner after an uncertain send "absent" proves nothing: it is sent again no sooner.
  /// A send still uncertain so long after it is sent once more, counted, though the text may come twice; unset: a person settles.
  std::optional<Milliseconds> repeats_after;
  bool reports_only = false;  ///< Delivery is told by reports at the callback; `status` has nobody to ask.
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
  /// At most `status_batch` ids.
  virtual void status(std::vector<std::string> provider_ids, Handler<StatusOutcome> handler) = 0;
};

}  // namespace salam
