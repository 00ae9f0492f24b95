#include "gateway/paper/cell_text.h"

#include "gateway/domain/text.h"

namespace salam::paper {
namespace {

using namespace reports;

struct Reader {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(std::int64_t number) const { return persian_digits(std::to_string(number)); }
  std::string operator()(Date date) const { return jalali_date(date); }
  std::string operator()(const Digits& digits) const { return persian_digits(digits.latin); }
  std::string operator()(const Choice& choice) const { return choice.words; }
  std::string operator()(const TrackingCode& code) const { return code.for_people(); }
};

}  // namespace

std::string text_of(const Cell& cell) { return std::visit(Reader{}, cell); }

}  // namespace salam::paper
