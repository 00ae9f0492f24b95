#include "gateway/json/intake.h"

#include "gateway/domain/text.h"
#include "tests/fuzz/input.h"

namespace salam::fuzz {
namespace {

void take_request(const json::Value& value) {
  const auto body = json::read_intake(value);
  if (!body) return promise(!body.error().empty(), "a refusal says why");
  const auto content = body->content(*Region::from_number(5));
  const auto canonical = json::canonical(body->form_item, content);
  const auto again = json::parse(canonical);
  promise(again.ok(), "the canonical form is JSON");
  promise(valid_utf8(canonical), "the canonical form is UTF-8");
}

void take_all(const json::Value& value) {
  take_request(value);
  if (const auto items = json::read_batch(value)) {
    for (const auto* const item : *items) take_request(*item);
  }
  (void)json::read_meeting("m1", value).ok();
  (void)json::read_settlement(value).ok();
  (void)json::read_event_release(value).ok();
  (void)json::read_routing_question(value).ok();
}

}  // namespace
}  // namespace salam::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace salam;
  const auto text = fuzz::Input(data, size).rest();
  const auto document = json::parse(text);
  if (!document) return 0;
  fuzz::promise(json::parse(json::to_text(*document)).ok(), "what was read can be written and read again");
  fuzz::take_all(*document);
  const auto differing = json::differing_fields(text, text, *Region::from_number(5));
  fuzz::promise(differing.empty() || differing.front().empty(), "a body does not differ from itself");
  return 0;
}
