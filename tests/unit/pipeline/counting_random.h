#pragma once

#include <cstdint>

#include "gateway/ports/clock.h"

namespace salam::pipeline {

/// Spread out and never the same twice.
class CountingRandom : public Random {
 public:
  std::uint64_t bits() override { return next_ += 0x9e3779b97f4a7c15; }

 private:
  std::uint64_t next_ = 1;
};

}  // namespace salam::pipeline
