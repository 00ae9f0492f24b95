#pragma once

#include <string>
#include <string_view>

#include <rapidjson/document.h>

#include "tests/unit/http/wire_client.h"

namespace salam::torture {

/// One call on a connection of its own; status 0 where no whole answer came.
test::Answer http_call(unsigned short port, std::string_view key, std::string_view method, std::string_view target,
                       std::string_view body = {});

/// Null where it is no JSON.
rapidjson::Document read_json(const std::string& text);
/// The text (or number, as text) of a member; empty where there is none.
std::string text_of(const rapidjson::Value& object, const char* member);

}  // namespace salam::torture
