#include <array>
#include <string>
#include <variant>
#include <vector>

#include "adapters/sms/kavenegar_wire.h"
#include "gateway/domain/text.h"
#include "tests/fuzz/input.h"

namespace salam::fuzz {
namespace {

Message meant() {
  Message message;
  message.id = 42;
  message.mobile = Sensitive<std::string>("+989130001234");
  message.text = Sensitive<std::string>("کد پیگیری: 1234567890");
  return message;
}

void read(int status, std::string_view body) {
  const auto sent = sms::kavenegar::read_send({.status = status, .body = body, .retry_after = {}}, meant());
  if (const auto* const sure = std::get_if<outcome::Sent>(&sent.outcome)) promise(!sure->provider_id.empty(), "what is sent has an id");
  promise(valid_utf8(sent.excerpt), "what operators see is UTF-8");

  const std::vector<std::string> asked{"85463238", "85463239"};
  const auto told = sms::kavenegar::read_status({.status = status, .body = body, .retry_after = {}}, asked);
  if (const auto* const statuses = std::get_if<std::vector<DeliveryStatus>>(&told.outcome)) {
    for (const auto& one : *statuses)
      promise(one.provider_id == asked[0] || one.provider_id == asked[1], "only what was asked for is told");
  }
}

}  // namespace
}  // namespace salam::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace salam::fuzz;
  constexpr std::array statuses{200, 400, 411, 418, 429, 500, 503};
  Input input(data, size);
  const auto status = statuses.at(input.choose(statuses.size()));
  read(status, input.rest());
  return 0;
}
