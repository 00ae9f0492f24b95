#pragma once

#include <string>

#include "adapters/upstream/mapped_http.h"
#include "adapters/upstream/mapping_table.h"

/// What the files of all mapped drivers have in common, an SMS panel's too. Every reader throws `InvalidMapping`.
namespace salam::upstream {

/// `reply_format`: json where absent.
ReplyFormat read_reply_format(MappingTable& root);
/// `method`, `path`, `headers`, `body_format`, `body`.
Call read_call(MappingTable& table, std::string default_method, const Scope& scope);
/// `statuses`, and what must stand where: `pointer`, `equals`, `contains`.
AnswerRule read_condition(MappingTable& table, ReplyFormat format);
/// All of a `[login]`.
Login read_login(MappingTable table, ReplyFormat format);

}  // namespace salam::upstream
