#include "gateway/domain/templates.h"

#include <algorithm>
#include <array>

#include "gateway/domain/text.h"

namespace salam {
namespace {

enum : std::size_t { code, system_name, date };
constexpr std::array<std::string_view, 3> message_placeholders{"code", "system", "date"};

/// `{a}, {b} and {c}`
std::string listed(std::span<const std::string_view> names) {
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) list += i + 1 == names.size() ? " and " : ", ";
    list.append("{").append(names[i]).append("}");
  }
  return list;
}

}  // namespace

Result<PlaceholderText> PlaceholderText::parse(std::string_view text, std::span<const std::string_view> names) {
  PlaceholderText parsed;
  while (!text.empty()) {
    const auto open = text.find('{');
    auto& piece = parsed.pieces_.emplace_back(Piece{.text = std::string(text.substr(0, open)), .placeholder = {}});
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) return Error{"template_invalid", "a `{` is not closed by a `}`"};
    const auto name = text.substr(open + 1, close - open - 1);
    const auto known = std::ranges::find(names, name);
    if (known == names.end()) {
      return Error{"template_invalid", "unknown placeholder {" + std::string(name) + "}; there are " + listed(names)};
    }
    piece.placeholder = static_cast<std::size_t>(known - names.begin());
    text.remove_prefix(close + 1);
  }
  return parsed;
}

bool PlaceholderText::holds(std::size_t placeholder) const {
  return std::ranges::find(pieces_, std::optional(placeholder), &Piece::placeholder) != pieces_.end();
}

std::string PlaceholderText::render(std::span<const std::string_view> values) const {
  std::string text;
  for (const auto& piece : pieces_) {
    text += piece.text;
    if (piece.placeholder) text += values[*piece.placeholder];
  }
  return text;
}

Result<MessageTemplate> MessageTemplate::parse(std::string_view text, std::size_t max_parts) {
  auto placed = PlaceholderText::parse(text, message_placeholders);
  if (!placed) return std::move(placed).error();
  if (!placed->holds(code)) return Error{"template_invalid", "the text carries no {code}: the citizen would not learn it"};
  MessageTemplate parsed;
  parsed.text_ = std::move(*placed);
  const auto parts = sms_parts(parsed.render({.code = "1234567890123456", .system = "میز خدمت اصفهان من", .date = "۱۴۰۵/۰۹/۰۳"}));
  if (parts > max_parts) {
    return Error{"template_invalid",
                 "the text needs " + std::to_string(parts) + " SMS parts; " + std::to_string(max_parts) + " are allowed"};
  }
  return parsed;
}

std::string MessageTemplate::render(const Values& values) const {
  std::array<std::string_view, message_placeholders.size()> placed;
  placed[code] = values.code;
  placed[system_name] = values.system;
  placed[date] = values.date;
  return text_.render(placed);
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
