#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "gateway/pipeline/engine.h"

namespace salam::pipeline {

/// What of a request's attachments goes along with its registration.
struct AttachedFiles {
  std::vector<MediaFile> files;  ///< In the order in which they came.
  std::string note;              ///< For operators: how many go along, and why others do not. Empty where there are none.
};

/// How long a registration waits for its files to be read.
inline constexpr Milliseconds files_deadline{5'000};

/// Reads a request's files where the store does. Calls back on the executor's thread, exactly once, within `files_deadline`. What is
/// missing, comes too late or does not fit into `most_bytes` beside those before it is left out, and so are all where an earlier call of
/// this request got no answer that could be relied on: its files may be why. Links are no files.
void read_attached_files(const Engine::World& world, const Request& request, std::size_t most_bytes,
                         std::function<void(AttachedFiles)> handler);

}  // namespace salam::pipeline
