#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/domain/attachment.h"
#include "gateway/domain/change.h"
#include "gateway/domain/request.h"
#include "gateway/store/database.h"

/// Between rows and the domain's values.
namespace salam::store {

/// Every column of a request, to be read by `read_request`; add WHERE on `r` (requests), `p` (papers), `m` (meetings).
extern const std::string select_requests;
Request read_request(Query& row);

std::optional<Record> load_record(Database& database, RequestKey key);
std::vector<Message> load_messages(Database& database, RequestKey key);
extern const std::string select_messages;
Message read_message(Query& row);

/// Nothing in version and sequence is changed here.
void insert_request(Database& database, const Request& request, std::int64_t meeting_key, std::string_view fingerprint,
                    std::string_view original);
/// Compare and set: false where the stored version is not `expected_version`.
bool update_request(Database& database, const Request& request, std::int64_t expected_version);
/// What the form said, where a correction changed it.
void update_paper(Database& database, const Request& request);
bool same_paper(const Request& one, const Request& other);

void put_message(Database& database, RequestKey request, const Message& message);

void insert_attachment(Database& database, RequestKey request, const Attachment& attachment);
std::vector<Attachment> load_attachments(Database& database, RequestKey request);

std::int64_t attention_bits(const std::set<AttentionReason>& reasons);

/// What of a task its slot says.
void read_slot(std::int64_t slot, Task& task);

}  // namespace salam::store
