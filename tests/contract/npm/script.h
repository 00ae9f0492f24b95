#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gateway/domain/result.h"
#include "gateway/json/parse.h"

namespace salam::test {

/// The folder with the packages of package-lock.json: fetched from the npm registry once for each content of that file, kept in the build
/// directory. Errors: `npm_unavailable` with the reason why there are none (no Node.js, no npm, no network).
Result<std::filesystem::path> npm_packages();

/// What the command prints, line by line. Throws std::runtime_error with its output where it does not end well within a minute.
std::vector<std::string> lines_of(const std::vector<std::string>& command);
/// Runs a script of this folder, which may require the packages; each line it prints is a JSON document.
std::vector<json::Document> run_script(const std::filesystem::path& packages, const std::string& name, std::vector<std::string> arguments);

/// The value as JSON; throws std::runtime_error where it is none.
json::Document parsed(const std::string& line);

/// At the start of a test or fixture: `packages` is their folder, or the test ends: skipped with the reason, failed where
/// SALAM_REQUIRE_NPM=1.
bool npm_required();
#define SALAM_NEEDS_NPM(packages)                                                                   \
  do {                                                                                              \
    const auto found_packages = ::salam::test::npm_packages();                                      \
    if (!found_packages && ::salam::test::npm_required()) FAIL() << found_packages.error().message; \
    if (!found_packages) GTEST_SKIP() << found_packages.error().message;                            \
    (packages) = *found_packages;                                                                   \
  } while (false)

}  // namespace salam::test
