#include "gateway/reports/letter.h"

#include <algorithm>
#include <array>

#include "gateway/domain/text.h"

namespace salam::reports {
namespace {

constexpr std::array<std::pair<std::string_view, std::string Letter::Values::*>, 6> known{{{"addressees", &Letter::Values::addressees},
                                                                                           {"mosque", &Letter::Values::mosque},
                                                                                           {"region", &Letter::Values::region},
                                                                                           {"date", &Letter::Values::date},
                                                                                           {"requests", &Letter::Values::requests},
                                                                                           {"manager", &Letter::Values::manager}}};

constexpr std::string_view standard_text = R"(بسمه تعالی

{addressees}

موضوع: جدول درخواست‌های دیدار مردم سلام، {mosque}، {region}

با سلام و احترام

به پیوست، جدول {requests} درخواست شهروندان در دیدار مردم سلام که در تاریخ {date} در {mosque} ({region}) برگزار شد، پس از دسته‌بندی، تشریح، زمان‌بندی و تعیین مسئول در کارگروه، برای آگاهی و دستور مقتضی تقدیم می‌شود.

{manager}
{region})";

}  // namespace

const Letter& Letter::standard() {
  static const Letter shipped = parse(standard_text).value();
  return shipped;
}

Result<Letter> Letter::parse(std::string_view text) {
  Letter letter;
  for (;;) {
    const auto open = text.find('{');
    letter.parts_.emplace_back(text.substr(0, open), nullptr);
    if (open == std::string_view::npos) return letter;
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) return Error{"template_invalid", "a `{` is not closed by a `}`"};
    const auto name = text.substr(open + 1, close - open - 1);
    const auto* const found = std::ranges::find(known, name, &std::pair<std::string_view, std::string Values::*>::first);
    if (found == known.end()) {
      return Error{"template_invalid", "unknown placeholder {" + std::string(name) +
                                           "}; there are {addressees}, {mosque}, {region}, {date}, {requests} and {manager}"};
    }
    letter.parts_.back().second = found->second;
    text.remove_prefix(close + 1);
  }
}

std::vector<std::string> Letter::paragraphs(const Values& values) const {
  std::string text;
  for (const auto& [literal, value] : parts_) {
    text += literal;
    if (value != nullptr) text += values.*value;
  }
  std::vector<std::string> paragraphs;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find("\n\n", begin), text.size());
    if (end > begin) paragraphs.push_back(text.substr(begin, end - begin));
    begin = end + 2;
  }
  return paragraphs;
}

}  // namespace salam::reports
