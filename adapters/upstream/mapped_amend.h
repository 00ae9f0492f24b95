#pragma once

#include "adapters/upstream/answer.h"
#include "adapters/upstream/mapped_http.h"

/// What a system answers to an amendment, as a mapping says it. Without a socket.
namespace salam::upstream {

/// Only with `amend`. A success whose body cannot be read, other than a 204's, or that does not repeat the mark where it should, is
/// uncertain.
Answer<AmendOutcome> read_amendment(const Mapping& mapping, const Request& request, const http_client::Response& response);

}  // namespace salam::upstream
