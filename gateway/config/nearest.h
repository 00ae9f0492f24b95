#pragma once

#include <set>
#include <string>
#include <string_view>

namespace salam::config {

/// The name that a misspelt one most likely meant; empty where none is near.
std::string nearest(std::string_view name, const std::set<std::string, std::less<>>& known);

}  // namespace salam::config
