#pragma once

#include <string_view>
#include <variant>

#include "gateway/pipeline/overloaded.h"
#include "gateway/ports/upstream.h"

namespace salam::pipeline {

/// What operators read of what an upstream's answer came to.
std::string_view outcome_name(const auto& outcome) {
  return std::visit(
      Overloaded{[](const outcome::Registered&) { return "registered"; }, [](const outcome::Pending&) { return "pending"; },
                 [](const outcome::ByHand&) { return "by_hand"; }, [](const outcome::Refused&) { return "refused"; },
                 [](const outcome::TryLater&) { return "try_later"; }, [](const outcome::Uncertain&) { return "uncertain"; },
                 [](const outcome::Unclear&) { return "unclear"; }, [](const outcome::Misconfigured&) { return "misconfigured"; },
                 [](const outcome::Found&) { return "found"; }, [](const outcome::Absent&) { return "absent"; },
                 [](const outcome::NotYet&) { return "not_yet"; }, [](const outcome::Amended&) { return "amended"; }},
      outcome);
}

}  // namespace salam::pipeline
