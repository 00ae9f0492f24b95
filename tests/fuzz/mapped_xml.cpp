#include "tests/fuzz/mapped.h"

namespace {

constexpr std::string_view mapping = R"(reply_format = "xml"
[submit]
path = "/add"
[success]
statuses = [200, 201]
code = "/reply/ticket/code"
[[already_exists]]
statuses = [409]
pointer = "/reply/error"
contains = ["exists"]
code = "/reply/ticket/code"
[[refused]]
statuses = [400]
pointer = "//error/@code"
equals = ["not_accepted"]
[lookup]
path = "/find?code={{code}}&page={{page}}"
items = "/reply/tickets"
item_code = "ours"
item_id = "code"
[amend]
path = "/amend/{{upstream_code}}?mark={{amendment_mark}}"
mark = "/reply/mark"
[amend_lookup]
path = "/amendments/{{upstream_code}}?page={{page}}"
items = "/reply/tickets"
item_mark = "ours"
[follow_up]
path = "/status/{{upstream_code}}"
status = "/reply/tickets/*/status"
words = "/reply/note"
at = "/reply/at"
[callback]
items = "/reply/tickets"
code = "code"
status = "@status"
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace salam;
  static const auto desk = fuzz::mapped(mapping);
  fuzz::Input input(data, size);
  fuzz::judge(*desk, fuzz::response_from(input, "text/xml"));
  return 0;
}
