#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/upstream/open311_entries.h"
#include "adapters/upstream/service_catalogue.h"
#include "gateway/domain/time.h"

/// What Open311's replies say, as plain values that the driver judges (https://wiki.open311.org/GeoReport_v2/).
namespace salam::upstream {

struct ReplyError {
  std::string code;
  std::string description;
  std::optional<std::string> id;  ///< The request that it is about.
};

/// `POST /requests`. What cannot be read says nothing.
struct SubmitReply {
  std::optional<std::string> id;  ///< Where there is one entry only.
  std::optional<std::string> token;
  bool blank = false;  ///< Well-formed, with neither id nor token nor error: as a blackbox answers.
  std::vector<ReplyError> errors;
};
SubmitReply read_submit_reply(const http_client::Response& response, ReplyFormat format);

/// The errors of any reply. In a success only what has a code is an error: a description alone may be the citizen's, repeated.
std::vector<ReplyError> read_errors(const http_client::Response& response, ReplyFormat format);
/// For operators.
std::string words_of(const std::vector<ReplyError>& errors);

/// `GET /tokens/{token}`.
struct TokenReply {
  std::string token;              ///< Empty where it is not repeated.
  std::optional<std::string> id;  ///< Nothing: not yet.
};
Result<std::vector<TokenReply>> read_token_reply(const http_client::Response& response, ReplyFormat format);

/// `GET /requests`.
struct RequestItem {
  std::string raw_id;             ///< As it stands there; tells items apart.
  std::optional<std::string> id;  ///< A `trusted_code`.
  std::string description;
  std::vector<std::string> codes;  ///< What stands at the places asked for.
  std::optional<Timestamp> requested_at;
};
/// Errors: `reply_unreadable`, also where one of the entries is no request.
Result<std::vector<RequestItem>> read_requests(const http_client::Response& response, ReplyFormat format,
                                               const std::vector<std::string>& code_at);

/// `GET /services`; entries without a code are left out. Errors: `reply_unreadable`.
Result<std::vector<Service>> read_services(const http_client::Response& response, ReplyFormat format);

}  // namespace salam::upstream
