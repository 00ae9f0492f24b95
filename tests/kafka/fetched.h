#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace salam::test {

/// Has a package client fill `folder` once, whoever asks first; others wait for it. `command`: what it runs to fill the folder it is given.
/// Answers with the end of its output where it failed, else with nothing.
std::string fetch_once(const std::filesystem::path& folder,
                       const std::function<std::vector<std::string>(const std::filesystem::path&)>& command);

}  // namespace salam::test
