#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adapters/upstream/answer.h"
#include "adapters/upstream/open311.h"
#include "gateway/domain/change.h"
#include "gateway/domain/result.h"
#include "gateway/domain/time.h"

/// What becomes of registered requests: the status of GeoReport v2, and service request updates, the extension
/// that FixMyStreet and its relatives speak (https://github.com/mysociety/fixmystreet/wiki/Open311-FMS---Complete-Spec). Without a socket.
namespace salam::upstream {

/// One word of the system about one request.
struct StatusEntry {
  std::string code;    ///< The system's own, a `trusted_code`.
  std::string status;  ///< As the system says it; `Open311Settings::statuses` knows what it means.
  std::string words;   ///< For the citizen; may be empty.
  std::optional<Timestamp> updated_at;
  std::string update_id;  ///< Tells updates apart; empty for a status.
};

struct ProgressReply {
  std::vector<StatusEntry> reports;
  std::size_t skipped = 0;  ///< Entries without a code, a status or, in updates, an id that can be relied on.
};

using ProgressOutcome = std::variant<ProgressReply, outcome::TryLater, outcome::Unclear, outcome::Misconfigured>;

constexpr std::size_t max_codes_in_a_call = 50;

/// `GET /requests?service_request_id=a,b,c` of at most `max_codes_in_a_call`. A code with a comma in it cannot be asked for and is left
/// out.
http_client::Request status_call(const Open311Settings& settings, std::span<const std::string> codes);
/// Of those asked for; what else the list holds is passed over.
Answer<ProgressOutcome> read_status(const Open311Settings& settings, const http_client::Response& response,
                                    std::span<const std::string> asked);

/// `GET /servicerequestupdates` of a span of time.
http_client::Request updates_call(const Open311Settings& settings, Timestamp since, Timestamp until);
/// All of them, also of requests that are not ours, and our own amendments. An update may come again: its id tells.
Answer<ProgressOutcome> read_updates(const Open311Settings& settings, const http_client::Response& response);

/// What the driver is asked for, by whichever of the two calls the settings name. That the system repeats what it was told is no news.
http_client::Request follow_up_call(const Open311Settings& settings, std::span<const std::string> codes, Timestamp now);
Answer<FollowUpOutcome> read_follow_up(const Open311Settings& settings, const http_client::Response& response,
                                       std::span<const std::string> codes);
/// Requests or updates, as in the replies above, one or many. Errors: `callback_unreadable`.
Result<std::vector<ProgressReport>> read_callback(const Open311Settings& settings, std::string_view body);

}  // namespace salam::upstream
