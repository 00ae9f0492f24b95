#pragma once

#include <cstddef>
#include <string>

namespace salam::bench {

/// Fills the database at `path` with requests that wait for 137, as intake would: through the store's own writer, each with its first event
/// and its tasks. Throws std::runtime_error where that fails.
void fill_store(const std::string& path, const std::string& forms, std::size_t requests);

}  // namespace salam::bench
