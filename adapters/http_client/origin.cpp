#include "adapters/http_client/origin.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace salam::http_client {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::runtime_error(what); }

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool same_name(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

bool writes_itself(std::string_view name) {
  static constexpr std::array<std::string_view, 4> own{"host", "content-length", "transfer-encoding", "connection"};
  return std::ranges::any_of(own, [name](std::string_view field) { return same_name(name, field); });
}

bool is_target(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 127; });
}

bool is_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void add_field(std::string& wire, std::string_view name, std::string_view value) {
  wire.append(name).append(": ").append(value).append("\r\n");
}

void add_target(std::string& wire, const Origin& origin, std::string_view target) {
  wire += origin.path;
  if (target.empty() ? origin.path.empty() : target.front() != '/' && (target.front() != '?' || origin.path.empty())) {
    wire += '/';
  }
  wire += target;
}

std::uint16_t port_of(const boost::urls::url_view& url, bool tls, const std::string& name) {
  const std::string_view digits = url.port();
  if (digits.empty()) {
    return tls ? 443 : 80;
  }
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || port == 0) {
    refuse(name + " has a port outside 1-65535");
  }
  return port;
}

Origin parse(std::string_view text, const std::string& name) {
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) {
    refuse(name + " is not a URL");
  }
  const boost::urls::url_view& url = *parsed;
  Origin origin;
  origin.tls = same_name(url.scheme(), "https");
  if (!origin.tls && !same_name(url.scheme(), "http")) {
    refuse(name + " must start with http:// or https://");
  }
  if (url.has_userinfo() || url.has_query() || url.has_fragment()) {
    refuse(name + " takes no user name, query or fragment");
  }
  origin.host = url.host_address();
  if (origin.host.empty()) {
    refuse(name + " names no host");
  }
  origin.port = port_of(url, origin.tls, name);
  origin.authority = std::string(url.encoded_host_and_port());
  origin.path = std::string(url.encoded_path());
  while (origin.path.ends_with('/')) {
    origin.path.pop_back();
  }
  return origin;
}

/// The port stands there even where it is the scheme's own.
std::string host_and_port(const Origin& origin) {
  const bool is_ipv6 = origin.host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + origin.host + "]" : origin.host) + ":" + std::to_string(origin.port);
}

void add_proxy_authorization(std::string& wire, const Proxy& proxy) {
  if (!proxy.authorization.empty()) {
    add_field(wire, "Proxy-Authorization", proxy.authorization);
  }
}

}  // namespace

Origin parse_origin(std::string_view base_url) { return parse(base_url, "the base URL"); }

Proxy parse_proxy(std::string_view url, std::string_view authorization) {
  Proxy proxy{parse(url, "the proxy's address"), std::string(authorization)};
  if (proxy.origin.tls || !proxy.origin.path.empty()) refuse("the proxy's address must be http://host:port");
  if (!is_value(authorization)) refuse("the proxy's authorization must be one line");
  return proxy;
}

std::string_view fault_of(const Request& request) {
  if (!is_token(request.method)) {
    return "the method is no token";
  }
  if (!is_target(request.target)) {
    return "the target holds a blank, a control or a non-ASCII character";
  }
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || writes_itself(name)) {
      return "a header's name is no token, or one that the client writes itself";
    }
    if (!is_value(value)) {
      return "a header's value holds a line break or a NUL";
    }
  }
  return {};
}

std::string wire_form(const Request& request, const Origin& origin, std::string_view user_agent, const Proxy* proxy) {
  std::string wire;
  wire.reserve(512 + request.body.size());
  wire.append(request.method).append(" ");
  if (proxy != nullptr) {
    wire.append("http://").append(origin.authority);
  }
  add_target(wire, origin, request.target);
  wire += " HTTP/1.1\r\n";
  add_field(wire, "Host", origin.authority);
  if (proxy != nullptr) {
    add_proxy_authorization(wire, *proxy);
  }
  if (std::ranges::none_of(request.headers, [](const auto& field) { return same_name(field.first, "user-agent"); })) {
    add_field(wire, "User-Agent", user_agent);
  }
  for (const auto& [name, value] : request.headers) {
    add_field(wire, name, value);
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
    add_field(wire, "Content-Length", std::to_string(request.body.size()));
  }
  return wire.append("\r\n").append(request.body);
}

std::string connect_form(const Origin& origin, std::string_view user_agent, const Proxy& proxy) {
  const auto target = host_and_port(origin);
  std::string wire = "CONNECT " + target + " HTTP/1.1\r\n";
  add_field(wire, "Host", target);
  add_field(wire, "User-Agent", user_agent);
  add_proxy_authorization(wire, proxy);
  return wire + "\r\n";
}

}  // namespace salam::http_client
