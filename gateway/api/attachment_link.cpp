#include <algorithm>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "gateway/api/attachments.h"

namespace salam::api {
namespace {

/// A last label that begins with a digit makes an address of it for those who fetch it, hexadecimal or not.
bool is_name(std::string_view host) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-.";
  const auto last_label = host.substr(host.rfind('.') + 1);
  const bool begins_with_letter = !last_label.empty() && last_label.front() >= 'a' && last_label.front() <= 'z';
  return begins_with_letter && host.find_first_not_of(allowed) == std::string_view::npos && host.find("..") == std::string_view::npos &&
         !host.starts_with('.') && !host.ends_with('-');
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return lower;
}

bool matches(std::string_view host, std::string_view allowed) {
  return allowed.starts_with('.') ? host.size() > allowed.size() && host.ends_with(allowed) : host == allowed;
}

}  // namespace

bool is_link_host(std::string_view text) { return is_name(text.starts_with('.') ? text.substr(1) : text); }

std::string link_objection(std::string_view url, const std::vector<std::string>& hosts) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) return "it is not an absolute URL (RFC 3986)";
  if (lower_case(parsed->scheme()) != "https") return "its scheme is not https";
  if (parsed->has_userinfo()) return "it names a user";
  if (parsed->has_port()) return "it names a port";
  if (parsed->has_fragment()) return "it has a fragment";
  // As written: what is percent-encoded in a host, and every kind of IP address, is no name.
  const auto host = lower_case(parsed->encoded_host());
  if (!is_name(host) || parsed->host_type() != boost::urls::host_type::name) return "its host is not a name";
  if (std::ranges::any_of(hosts, [&](const auto& allowed) { return matches(host, allowed); })) return {};
  return "its host " + host + " is not allowed";
}

}  // namespace salam::api
