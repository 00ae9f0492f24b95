#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/upstream/answer.h"
#include "adapters/upstream/mapped_http.h"
#include "gateway/domain/change.h"
#include "gateway/domain/result.h"

/// What has become of registered requests, as a mapping says where it stands. Without a socket.
namespace salam::upstream {

/// Only with `follow_up`. A code that holds the separator cannot be asked after and is left out.
http_client::Request follow_up_call(const Mapping& mapping, const Credentials& credentials, std::span<const std::string> codes);
/// Of those asked after; what else the list holds is passed over, and so is an item that says nothing, unless all of them do.
Answer<FollowUpOutcome> read_follow_up(const Mapping& mapping, std::span<const std::string> codes, const http_client::Response& response);
/// One report or many. Errors: `callback_unreadable` with what was expected.
Result<std::vector<ProgressReport>> read_callback(const Mapping& mapping, std::string_view body);

}  // namespace salam::upstream
