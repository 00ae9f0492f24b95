#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace salam::upstream {

/// What a system's status means to the gateway.
enum class FollowUp : std::uint8_t {
  open,
  in_progress,
  answered,
  resolved,
  cannot_be_done,
  reopened,
  needs_person,  ///< Not for this system, a double, withdrawn: a person decides.
};
std::string_view to_string(FollowUp follow_up);
/// `open` and so on.
std::optional<FollowUp> parse_follow_up(std::string_view text);

/// A system's own words for them, compared in their matching form with `_`, `-` and a blank as one.
class FollowUpWords {
 public:
  /// GeoReport v2's `open` and `closed` ("it has been resolved"), and those of FixMyStreet and SeeClickFix.
  FollowUpWords();

  /// In place of what the word meant before.
  void add(std::string_view word, FollowUp meaning);
  /// Nothing for a word that is not known.
  [[nodiscard]] std::optional<FollowUp> meaning_of(std::string_view word) const;

 private:
  std::map<std::string, FollowUp> meanings_;
};

}  // namespace salam::upstream
