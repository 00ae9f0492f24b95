#include "tests/fuzz/mapped.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace salam;
  static const auto desk = fuzz::mapped(upstream::example("service_desk.toml"));
  fuzz::Input input(data, size);
  fuzz::judge(*desk, fuzz::response_from(input, "application/json"));
  return 0;
}
