#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace salam::bench {

/// Citizens' forms without end, each with a number and a mobile of its own; the same file serves wrk's script.
class Forms {
 public:
  /// Throws std::runtime_error where the file cannot be read.
  explicit Forms(const std::string& file);
  /// The body of an intake request.
  [[nodiscard]] std::string body(std::size_t number) const;

 private:
  std::vector<std::string> lines_;
};

}  // namespace salam::bench
