#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/domain/result.h"
#include "gateway/domain/routing.h"

namespace salam {

/// Text with placeholders in braces.
class PlaceholderText {
 public:
  /// `names`: of the placeholders that there are; each is known by its place among them. Error: `template_invalid` for an unknown or
  /// unclosed one.
  static Result<PlaceholderText> parse(std::string_view text, std::span<const std::string_view> names);

  [[nodiscard]] bool holds(std::size_t placeholder) const;
  /// `values`: as many as there were names.
  [[nodiscard]] std::string render(std::span<const std::string_view> values) const;

 private:
  struct Piece {
    std::string text;
    std::optional<std::size_t> placeholder;  ///< After the text.
  };
  std::vector<Piece> pieces_;
};

/// A text message with placeholders in braces: `{code}`, `{system}`, `{date}` (Jalali).
class MessageTemplate {
 public:
  /// Errors: `template_invalid` for an unknown or unclosed placeholder, a template without `{code}`, or one that needs more than
  /// `max_parts` parts with a code of 16 characters.
  static Result<MessageTemplate> parse(std::string_view text, std::size_t max_parts = 3);

  struct Values {
    std::string_view code;
    std::string_view system;
    std::string_view date;
  };
  [[nodiscard]] std::string render(const Values& values) const;

 private:
  PlaceholderText text_;
};

/// What citizens read about a request that goes to one system.
struct MessageTemplates {
  MessageTemplate registered;  ///< With that system's code.
  MessageTemplate holding;     ///< With the gateway's, while that system stays away.

  /// The texts that ship.
  static MessageTemplates defaults(System system);
};

}  // namespace salam
