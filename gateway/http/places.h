#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace salam::http {

/// How many requests of one or more routes may be under way at once, each from the end of its header to the end of its answer; so what
/// their bodies take of memory is bounded. Thread-safe.
class Places : public std::enable_shared_from_this<Places> {
 public:
  static std::shared_ptr<Places> of(std::size_t limit) { return std::shared_ptr<Places>(new Places(limit)); }

  using Place = std::shared_ptr<const Places>;
  /// Taken for as long as a copy of it lives; null where none is free.
  Place take() {
    if (taken_.fetch_add(1) >= limit_) {
      taken_.fetch_sub(1);
      return nullptr;
    }
    return {this, [self = shared_from_this()](const Places*) { self->taken_.fetch_sub(1); }};
  }

 private:
  explicit Places(std::size_t limit) : limit_(limit) {}

  const std::size_t limit_;
  std::atomic<std::size_t> taken_{0};
};

}  // namespace salam::http
