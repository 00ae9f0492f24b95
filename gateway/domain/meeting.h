#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/domain/region.h"
#include "gateway/domain/time.h"

namespace salam {

/// One Mardom Salam evening in a mosque (دیدار). What is unset in a meeting that is put keeps what was put before.
struct Meeting {
  std::string id;  ///< Chosen by the communications directorate; `[A-Za-z0-9._-]{1,64}`.
  Region region;
  std::string mosque;
  Date date;
  std::optional<std::string> manager{};                  ///< The region's, by name.
  std::optional<std::vector<std::string>> addressees{};  ///< Whom the official letter with the table goes to: names or posts.
  std::optional<std::vector<std::string>> invitees{};    ///< Invited when the results are shown, besides the applicants.
  std::optional<int> forms_distributed{};                ///< Paper forms given out, as people counted them that evening.
  std::optional<int> forms_collected{};                  ///< Of those, handed back with writing on them.

  friend bool operator==(const Meeting&, const Meeting&) = default;
};

}  // namespace salam
