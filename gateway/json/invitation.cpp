#include "gateway/json/invitation.h"

#include <utility>

#include "gateway/json/body_reader.h"

namespace salam::json {

Body<InvitationBody> read_invitation(const Value& body) {
  if (auto errors = schema("intake/invitation").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  InvitationBody read{
      .session = {.time = reader.text("/time"), .place = reader.text("/place")}, .text = {}, .by = reader.required_text("/by")};
  if (const auto date = parse_day(reader.text("/date"))) {
    read.session.date = *date;
  } else {
    reader.add("/date", "a day of the calendar, such as 1405/12/01 or 2027-02-20");
  }
  if (const auto text = reader.text("/text"); !text.empty()) {
    if (auto parsed = InvitationTemplate::parse(text)) {
      read.text = std::move(*parsed);
    } else {
      reader.add("/text", parsed.error().message);
    }
  }
  if (!reader.good()) return reader.take_errors();
  return read;
}

Body<std::string> read_invitation_approval(const Value& body) {
  if (auto errors = schema("intake/invitation_approval").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  auto by = reader.required_text("/by");
  if (!reader.good()) return reader.take_errors();
  return by;
}

}  // namespace salam::json
