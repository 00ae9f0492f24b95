#pragma once

#include <string>
#include <utility>
#include <variant>

namespace salam {

/// An expected failure: a stable code a program can switch on (`snake_case`) and a sentence that says what to do.
struct Error {
  std::string code;
  std::string message;
};

/// A value or the reason why there is none. Reading the wrong side throws std::bad_variant_access: a defect, never a flow of control.
template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : held_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const noexcept { return held_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] T& value() & { return std::get<0>(held_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(held_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(held_)); }
  [[nodiscard]] const E& error() const& { return std::get<1>(held_); }
  [[nodiscard]] E&& error() && { return std::get<1>(std::move(held_)); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, E> held_;
};

template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  Result(E error) : held_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const noexcept { return held_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  [[nodiscard]] const E& error() const& { return std::get<1>(held_); }
  [[nodiscard]] E&& error() && { return std::get<1>(std::move(held_)); }

 private:
  std::variant<std::monostate, E> held_;
};

}  // namespace salam
