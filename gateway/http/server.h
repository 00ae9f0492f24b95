#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"
#include "gateway/http/places.h"

namespace prometheus {
class Registry;
}

/// An HTTP/1.1 server on Boost.Beast: one coroutine per connection, header first, then admission, then the body with the route's own limit.
namespace salam::http {

/// A route one can read at a glance: `{Method::post, "/v1/requests", "intake", …}`. `{name}` matches one path segment.
struct Route {
  Method method;
  std::string path;
  std::string scope;  ///< Needed of the caller's key; empty: nobody is asked.
  Handler handler;
  std::size_t body_limit = 64 * 1024;  ///< Bytes; for routes that take a body.
  std::string media_type =
      "application/json";                     ///< What the body must be (415 otherwise), several with commas between them; empty: anything.
  std::chrono::milliseconds body_timeout{0};  ///< For reading the body and for writing the answer; 0: the server's own.
  std::shared_ptr<Places> places = nullptr;   ///< Beyond them 429 with `Retry-After`; null: no bound but the server's own.
};

/// Decides on a caller before its body is read. Called on the connection's thread; must be quick.
struct Verdict {
  std::optional<Caller> caller;
  std::string problem;  ///< A problem code (`missing_key`, `unknown_key`, `missing_scope`, `rate_limited`) where `caller` is empty.
  std::chrono::seconds retry_after{0};
};
using Authenticate = std::function<Verdict(std::string_view authorization, std::string_view scope)>;

struct ServerSettings {
  std::string name = "api";               ///< In metrics and logs.
  std::string listen = "127.0.0.1:8137";  ///< Address and port; port 0 takes a free one; `[::1]:8137` for IPv6.
  bool behind_proxy = false;              ///< Beyond loopback only with this or a certificate.
  std::string tls_certificate;            ///< PEM chain; with `tls_key`.
  std::string tls_key;
  int threads = 1;
  std::size_t max_connections = 16'384;
  std::size_t max_in_flight = 4'096;  ///< Requests being handled; beyond it 429 with `Retry-After`.
  std::size_t header_limit = 16 * 1024;
  std::chrono::milliseconds header_timeout{10'000};  ///< From the first byte of a request to the end of its header.
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds handler_timeout{60'000};  ///< Then 503 `timed_out`; a late answer is dropped.
};

class Server {
 public:
  virtual ~Server() = default;
  /// The port it really listens on.
  [[nodiscard]] virtual unsigned short port() const = 0;
  /// Stops accepting; new requests on open connections get 503 and `Connection: close`.
  virtual void drain() = 0;
  /// After `drain`: waits until what is in flight is answered, at most `deadline`, then closes everything and joins the threads.
  virtual void stop(std::chrono::milliseconds deadline) = 0;
};

/// What keeps settings from being served.
struct Misfit {
  std::string key;
  std::string why;  ///< A sentence for the operator.
};
/// Looks without listening; nothing where they can be served.
std::optional<Misfit> check(const ServerSettings& settings);

/// Throws std::runtime_error with a sentence for the operator where it cannot listen, or the settings are unsafe.
std::unique_ptr<Server> serve(ServerSettings settings, std::vector<Route> routes, const Authenticate& authenticate,
                              prometheus::Registry& metrics);

}  // namespace salam::http
