#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/domain/result.h"
#include "gateway/domain/templates.h"

namespace salam::reports {

/// The official letter that goes with the one-week table (by-law, article 4): a text with placeholders, which a city may write anew.
/// Paragraphs are parted by empty lines.
class Letter {
 public:
  struct Values {
    std::string addressees;  ///< One below the other.
    std::string mosque;
    std::string region;
    std::string date;      ///< Of the meeting, Jalali.
    std::string requests;  ///< How many, in Persian digits.
    std::string manager;
  };

  /// The text that ships.
  static const Letter& standard();
  /// Errors: `template_invalid` for a brace that is not closed, or a name that is none of {addressees}, {mosque}, {region}, {date},
  /// {requests} and {manager}.
  static Result<Letter> parse(std::string_view text);

  [[nodiscard]] std::vector<std::string> paragraphs(const Values& values) const;

 private:
  PlaceholderText text_;
};

}  // namespace salam::reports
