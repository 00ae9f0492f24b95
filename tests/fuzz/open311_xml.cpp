#include "tests/fuzz/open311.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  salam::fuzz::Input input(data, size);
  salam::fuzz::judge_open311(salam::upstream::ReplyFormat::xml, salam::fuzz::response_from(input, "text/xml"));
  return 0;
}
