#pragma once

#include <filesystem>

#include "gateway/domain/result.h"

namespace salam::test {

/// The folder with the broker's jars: fetched from Maven Central once for each content of the pom, kept in the build directory. Errors:
/// `kafka_unavailable` with the reason why there are none (no Java, no Maven, no network).
Result<std::filesystem::path> broker_jars();

}  // namespace salam::test
