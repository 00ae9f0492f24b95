#pragma once

#include "gateway/domain/result.h"
#include "gateway/json/parse.h"

namespace salam::json {

/// Whether the schema keeps to the subset that `Schema` documents. Errors: `schema_invalid` with the place and the reason.
Result<void> check_subset(const Value& schema);

/// Where a node's `$ref` leads; the node itself where it has none. Only for a schema that keeps to the subset.
const Value& resolved(const Value& node, const Value& root);

/// What a node asks for, in words, followed by its own description: `a string of 1 to 200 characters. The subject.`
std::string described(const Value& node);

}  // namespace salam::json
