#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/change.h"

namespace salam::upstream {

/// What a system's status means to the gateway; a word that nobody explained means neither.
struct Meaning {
  std::optional<Progress> progress;
  bool declined = false;  ///< Not for this system, a double, withdrawn: a person decides.

  friend bool operator==(const Meaning&, const Meaning&) = default;
};

/// A system's own words for them, compared in their matching form with `_`, `-` and a blank as one.
class FollowUpWords {
 public:
  /// The gateway's own, `needs_person` for what is declined, GeoReport v2's `closed` ("it has been resolved"), and those of FixMyStreet and
  /// SeeClickFix.
  FollowUpWords();

  /// In place of what the word meant before.
  void add(std::string_view word, Meaning meaning);
  [[nodiscard]] Meaning meaning_of(std::string_view word) const;
  /// What a system says about one request: `status` in its own words, with what it adds.
  [[nodiscard]] ProgressReport report(std::string code, std::string_view status, std::string_view words, std::optional<Timestamp> at) const;

 private:
  std::map<std::string, Meaning> meanings_;
};

}  // namespace salam::upstream
