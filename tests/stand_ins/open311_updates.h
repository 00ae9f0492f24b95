#pragma once

#include <optional>

#include "tests/stand_ins/faults.h"
#include "tests/stand_ins/progress.h"
#include "tests/stand_ins/registry.h"

/// Service request updates (https://github.com/mysociety/fixmystreet/wiki/Open311-FMS---Complete-Spec): each step of a registration, and
/// what clients add.
namespace salam::stand_ins::open311 {

/// Both ends of the time are needed. Oldest first.
Response list_updates(const Fields& query, const Registry& registry, const Pace& pace, const std::optional<Fault>& fault);
/// What is wrong with one; nothing where it can be posted.
std::optional<Response> wrong_update(const Fields& fields, const Registry& registry);
/// The same update twice is kept once.
Response post_update(const Form& form, Registry& registry, const std::optional<Fault>& fault);

}  // namespace salam::stand_ins::open311
