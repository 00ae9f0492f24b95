#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

/// A deadline-aware HTTP/1.1 client on Boost.Beast, for one origin. Lives on one thread (its executor's) and calls back there, exactly
/// once, never from inside `send`.
namespace salam::http_client {

struct Settings {
  std::string base_url;                       ///< `http://` or `https://`, with or without a path and a trailing `/`.
  std::string ca_file;                        ///< PEM; empty: the system's.
  std::size_t max_connections = 16;           ///< Calls beyond it wait, within their own deadline.
  std::size_t max_body = 1024 * 1024;         ///< A longer reply is unreadable: `may_have_acted`.
  std::chrono::milliseconds max_idle{1'000};  ///< A connection idle for longer is not used again.
  std::string user_agent = "salam-gateway";
};

struct Request {
  std::string method = "GET";
  std::string target;  ///< Appended to the base URL's path; already percent-encoded, with its query.
  /// Without `Host`, `Content-Length`, `Transfer-Encoding` and `Connection`, which the client writes itself: a request that carries one of
  /// them, or a line break in a value, is not sent.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct Response {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< Names in lower case.
  std::string body;

  /// Empty where absent.
  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;
};

struct Failure {
  bool nothing_sent =
      false;        ///< Failed before the first byte of the request went out (DNS, connect, TLS, no free connection): safe to try again.
  std::string why;  ///< For operators: never the target, which may hold a key.
  bool ours_to_mend = false;  ///< It will fail again until an operator has mended something: a login or a proxy that refuses us, say.
};

using Outcome = std::variant<Response, Failure>;
using Handler = std::function<void(Outcome)>;

class Client {
 public:
  /// Closes every connection and drops the handlers of calls under way uncalled. On the executor's thread, or after it has stopped, and
  /// before its context goes.
  virtual ~Client() = default;
  /// Everything (waiting for a connection, DNS, connect, TLS, writing, reading) within `timeout`.
  virtual void send(Request request, std::chrono::milliseconds timeout, Handler handler) = 0;
};

/// Throws std::runtime_error with a sentence for the operator where the settings cannot work (not a URL, CA file unreadable).
std::unique_ptr<Client> make_client(const Settings& settings, const boost::asio::any_io_executor& executor);

/// Seconds or an HTTP date of `Retry-After` (RFC 9110 section 10.2.3) as a wait from now, at most 6 h; negative where absent or malformed.
std::chrono::milliseconds retry_after(const Response& response);

/// application/x-www-form-urlencoded (WHATWG URL), UTF-8.
std::string form_encoded(const std::vector<std::pair<std::string, std::string>>& fields);
/// RFC 3986 percent-encoding of everything but unreserved characters.
std::string percent_encoded(std::string_view text);

}  // namespace salam::http_client
