#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/http_client/client.h"
#include "gateway/domain/sensitive.h"
#include "gateway/domain/time.h"

namespace salam::upstream {

enum class DriverKind {
  open311,  ///< Open311 GeoReport v2.
  mapped,   ///< HTTP as a mapping file says.
  by_hand,  ///< An officer registers and enters the code.
};
std::string_view to_string(DriverKind kind);
/// `open311`, `mapped`, `by_hand`.
std::optional<DriverKind> parse_driver_kind(std::string_view text);

/// How one upstream (137 or the service desk) is served. What only one driver knows (fields, rules, lookup) stands in `mapping_file`.
/// The endpoint is needed unless by hand.
struct Settings : http_client::Endpoint {
  DriverKind driver = DriverKind::by_hand;
  Sensitive<std::string> api_key;  ///< Empty: the system wants none.
  Sensitive<std::string> user;     ///< For a mapping that logs in, or names the user in each call.
  Sensitive<std::string> password;
  Milliseconds call_deadline{30'000};        ///< Of one call, connect included; all pages of a lookup together.
  std::optional<Milliseconds> settle_after;  ///< How late a registration may become visible to the lookup; unset: a person settles.
  std::size_t max_connections = 8;
  std::size_t max_file_bytes = 20UL * 1024 * 1024;   ///< Of all files in one call, where the system takes them; 0: none.
  std::string mapping_file;                          ///< TOML; needed for `mapped`, optional for `open311`.
  std::string default_service_code;                  ///< For a category that nothing maps; needed for `open311`.
  std::map<std::string, std::string> service_codes;  ///< Category → what it is called there.
};

}  // namespace salam::upstream
