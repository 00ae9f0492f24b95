#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/domain/result.h"
#include "gateway/domain/routing.h"

namespace salam {

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
  enum class Part { text, code, system, date };
  std::vector<std::pair<Part, std::string>> parts_;
};

/// What citizens read about a request that goes to one system.
struct MessageTemplates {
  MessageTemplate registered;  ///< With that system's code.
  MessageTemplate holding;     ///< With the gateway's, while that system stays away.

  /// The texts that ship.
  static MessageTemplates defaults(System system);
};

}  // namespace salam
