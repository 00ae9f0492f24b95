#pragma once

#include <string>
#include <string_view>

#include <prometheus/registry.h>

namespace salam::observe {

/// Owns what every room counts, and writes it in Prometheus' text exposition format 0.0.4. Must outlive all that counts.
class Metrics {
 public:
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

  [[nodiscard]] prometheus::Registry& registry() noexcept { return registry_; }
  [[nodiscard]] std::string exposition() const;

 private:
  prometheus::Registry registry_;
};

}  // namespace salam::observe
