#pragma once

#include <ostream>
#include <string_view>
#include <utility>

namespace salam {

/// Personal data. Prints as `[redacted]`; whoever needs the value says so with `reveal()`.
template <class T>
class Sensitive {
 public:
  Sensitive() = default;
  explicit Sensitive(T value) : value_(std::move(value)) {}

  [[nodiscard]] const T& reveal() const noexcept { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

  friend bool operator==(const Sensitive&, const Sensitive&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Sensitive&) { return out << redacted; }
  friend std::string_view format_as(const Sensitive&) { return redacted; }

 private:
  static constexpr std::string_view redacted = "[redacted]";
  T value_{};
};

}  // namespace salam
