#pragma once

#include <string_view>

#include "gateway/domain/change.h"
#include "gateway/domain/request.h"
#include "gateway/store/database.h"

/// Between the rows of `cases` and `versions` and the domain's values.
namespace salam::store {

/// Reads the columns of `cases` from `request` on, all NULL where nobody decided anything.
void read_case(Query& row, Case& handling);
void put_case(Database& database, RequestKey request, const Case& handling);

/// What it said before a change, and who changed it.
void keep_version(Database& database, const Request& before, const Event& changed_by);

}  // namespace salam::store
