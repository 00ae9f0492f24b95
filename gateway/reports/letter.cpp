#include "gateway/reports/letter.h"

#include <algorithm>
#include <array>
#include <utility>

namespace salam::reports {
namespace {

constexpr std::array<std::string_view, 6> placeholders{"addressees", "mosque", "region", "date", "requests", "manager"};

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
  auto parsed = PlaceholderText::parse(text, placeholders);
  if (!parsed) return std::move(parsed).error();
  Letter letter;
  letter.text_ = std::move(*parsed);
  return letter;
}

std::vector<std::string> Letter::paragraphs(const Values& values) const {
  const std::array<std::string_view, placeholders.size()> placed{values.addressees, values.mosque,   values.region,
                                                                 values.date,       values.requests, values.manager};
  const auto text = text_.render(placed);
  std::vector<std::string> paragraphs;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find("\n\n", begin), text.size());
    if (end > begin) paragraphs.push_back(text.substr(begin, end - begin));
    begin = end + 2;
  }
  return paragraphs;
}

}  // namespace salam::reports
