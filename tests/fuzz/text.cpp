#include "gateway/domain/text.h"

#include <string>

#include "gateway/domain/time.h"
#include "gateway/domain/tracking_code.h"
#include "tests/fuzz/input.h"

namespace salam::fuzz {
namespace {

void normal_forms(std::string_view text) {
  const auto normal = normalise(text);
  promise(valid_utf8(normal), "normalise gives UTF-8");
  promise(normalise(normal) == normal, "normalise twice is normalise once");
  const auto matching = matching_form(text);
  promise(valid_utf8(matching), "matching_form gives UTF-8");
  promise(matching_form(matching) == matching, "matching_form twice is matching_form once");
  promise(matching_form(normal) == matching, "what is normalised matches as it did before");
}

void other_forms(std::string_view text) {
  promise(latin_digits(persian_digits(text)) == latin_digits(text), "digits come back");
  promise(length(shortened(text, 10)) <= 10, "shortened is as short as asked for");
  promise(valid_utf8(shortened(text, 10)) && valid_utf8(without_numbers(text)), "forms for operators are UTF-8");
  promise(!text.empty() || sms_parts(text) == 0, "no text needs no part");
}

void numbers(std::string_view text) {
  if (const auto mobile = parse_mobile(text)) promise(parse_mobile(*mobile) == mobile, "a mobile reads as itself");
  if (const auto id = parse_national_id(text)) promise(parse_national_id(*id) == id, "a national ID reads as itself");
  if (const auto code = TrackingCode::parse(text)) {
    promise(TrackingCode::parse(code->digits()) == code, "a code reads as itself");
    promise(TrackingCode::parse(code->for_people()) == code, "a code as people read it reads as itself");
    promise(TrackingCode::from_number(code->number()) == code, "a code is its number");
  }
}

void times(std::string_view text) {
  if (const auto time = parse_rfc3339(text)) promise(parse_rfc3339(to_rfc3339(*time)) == time, "a time reads as itself");
  if (const auto date = parse_date(text)) promise(parse_date(to_string(*date)) == date, "a date reads as itself");
}

}  // namespace
}  // namespace salam::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace salam::fuzz;
  const auto text = Input(data, size).rest();
  times(text);
  if (!salam::valid_utf8(text)) return 0;
  normal_forms(text);
  other_forms(text);
  numbers(text);
  return 0;
}
