#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/http_client/client.h"
#include "adapters/upstream/mapped_http.h"
#include "gateway/domain/sensitive.h"
#include "gateway/domain/time.h"

namespace salam::upstream {

struct Token {
  Sensitive<std::string> text;
  std::optional<Milliseconds> lifetime;
};

http_client::Request login_request(const Login& login, ReplyFormat format, const Credentials& credentials);

/// The token that a login's answer holds. A failure never repeats what the answer says: it may hold what was sent.
std::variant<Token, http_client::Failure> token_in(const http_client::Response& response, const Login& login, ReplyFormat format);

/// A client over another one. A request that carries `token_mark` in a header gets the token of a login, which all calls share: made when
/// the first of them needs it, anew shortly before it expires, and once more for a call that is refused with one of `login.renew_on` and
/// had an older token; that call is then repeated at once. A call whose login fails was not sent (`Failure::nothing_sent`). A login has the
/// time of the call that needs it first; everything stays within each call's own. Lives on the executor's thread.
std::unique_ptr<http_client::Client> make_login_client(std::shared_ptr<http_client::Client> client, Login login, ReplyFormat format,
                                                       Credentials credentials, const boost::asio::any_io_executor& executor);

}  // namespace salam::upstream
