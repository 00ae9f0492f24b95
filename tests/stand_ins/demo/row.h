#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <rapidjson/document.h>

namespace salam::stand_ins::demo {

/// One request as the gateway shows it.
struct Row {
  std::string id;
  std::string form;  ///< With the item where it is not the first: `1014/2`.
  std::string subject;
  std::string tracking_code;
  std::string routed_to;  ///< `137`, `service_desk`.
  std::string state;
  std::string system;    ///< Where it is registered, or is going.
  std::string code;      ///< The system's own; empty until it is known.
  std::string progress;  ///< What has become of it there; empty until it is registered.
  std::string told_by;
  std::string told_code;
  std::string message;  ///< State of the last text; empty where there is none.
  std::set<std::string> attention;

  [[nodiscard]] bool registered() const { return state == "registered"; }
  /// Nothing more will happen to it without a person.
  [[nodiscard]] bool settled() const;
  /// And the system that holds it has come to an end with it.
  [[nodiscard]] bool done() const { return settled() && (!registered() || progress == "resolved"); }
};

/// Of one element of `GET /v1/requests`.
Row read_row(const rapidjson::Value& view);

/// The text at a path of members; empty where there is none.
std::string text_at(const rapidjson::Value& value, std::initializer_list<const char*> path);
/// The number of one member; −1 where there is none.
std::int64_t number_at(const rapidjson::Value& value, const char* name);
/// Throws std::runtime_error that names `source` where it is no JSON.
rapidjson::Document parse(std::string_view json, const std::string& source);

}  // namespace salam::stand_ins::demo
