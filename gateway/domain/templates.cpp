#include "gateway/domain/templates.h"

#include "gateway/domain/text.h"

namespace salam {

Result<MessageTemplate> MessageTemplate::parse(std::string_view text, std::size_t max_parts) {
  MessageTemplate parsed;
  bool has_code = false;
  while (!text.empty()) {
    const auto open = text.find('{');
    if (open != 0) parsed.parts_.emplace_back(Part::text, std::string(text.substr(0, open)));
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) return Error{"template_invalid", "a `{` is not closed by a `}`"};
    const auto name = text.substr(open + 1, close - open - 1);
    if (name == "code") {
      parsed.parts_.emplace_back(Part::code, "");
      has_code = true;
    } else if (name == "system") {
      parsed.parts_.emplace_back(Part::system, "");
    } else if (name == "date") {
      parsed.parts_.emplace_back(Part::date, "");
    } else {
      return Error{"template_invalid", "unknown placeholder {" + std::string(name) + "}; there are {code}, {system} and {date}"};
    }
    text.remove_prefix(close + 1);
  }
  if (!has_code) return Error{"template_invalid", "the text carries no {code}: the citizen would not learn it"};
  const auto parts = sms_parts(parsed.render({.code = "1234567890123456", .system = "میز خدمت اصفهان من", .date = "۱۴۰۵/۰۹/۰۳"}));
  if (parts > max_parts) {
    return Error{"template_invalid",
                 "the text needs " + std::to_string(parts) + " SMS parts; " + std::to_string(max_parts) + " are allowed"};
  }
  return parsed;
}

std::string MessageTemplate::render(const Values& values) const {
  std::string text;
  for (const auto& [part, literal] : parts_) {
    switch (part) {
      case Part::text:
        text += literal;
        break;
      case Part::code:
        text += values.code;
        break;
      case Part::system:
        text += values.system;
        break;
      case Part::date:
        text += values.date;
        break;
    }
  }
  return text;
}

MessageTemplates MessageTemplates::defaults(System system) {
  const std::string registered = "شهروند گرامی، درخواست شما در {system} ثبت شد.\n";
  const std::string holding = "شهروند گرامی، درخواست شما دریافت شد و در حال ثبت در {system} است.\n";
  const std::string follows = ": {code}\n{date}\nمردم سلام، شهرداری اصفهان";
  const auto* const code = system == System::system137 ? "کد پیگیری" : "کد رهگیری";
  return {.registered = MessageTemplate::parse(registered + code + follows).value(),
          .holding = MessageTemplate::parse(holding + "کد پیگیری" + follows).value()};
}

}  // namespace salam
