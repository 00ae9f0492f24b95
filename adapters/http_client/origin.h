#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/http_client/client.h"

// What of a request can be said without a socket.
namespace salam::http_client {

/// Where a client's calls go (RFC 6454), and the path that stands before every target.
struct Origin {
  bool tls = false;
  std::string host;  ///< A name or an address, IPv6 without brackets.
  std::uint16_t port = 0;
  std::string authority;  ///< As the `Host` field carries it.
  std::string path;       ///< Without a trailing `/`; empty for the root.
};

/// Throws std::runtime_error, without the URL in it, for anything but `http(s)://host[:port][/path]`.
Origin parse_origin(std::string_view base_url);

/// An HTTP proxy (RFC 9110 section 3.7) and what it wants to see; the origin's path is empty.
struct Proxy {
  Origin origin;
  std::string authorization;  ///< May be empty.
};

/// Throws like `parse_origin`, for anything but `http://host:port`.
Proxy parse_proxy(std::string_view url, std::string_view authorization);

/// Why the request cannot stand on the wire (a control character where it would split the message, a field that the client writes
/// itself); empty where it can.
std::string_view fault_of(const Request& request);

/// The request as HTTP/1.1 (RFC 9112), body included; in absolute form where it goes to a proxy.
std::string wire_form(const Request& request, const Origin& origin, std::string_view user_agent, const Proxy* proxy = nullptr);

/// The request for a tunnel to the origin (RFC 9110 section 9.3.6).
std::string connect_form(const Origin& origin, std::string_view user_agent, const Proxy& proxy);

}  // namespace salam::http_client
