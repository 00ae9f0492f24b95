#pragma once

#include <memory>

#include "adapters/upstream/answer.h"
#include "adapters/upstream/open311.h"
#include "adapters/upstream/protocol.h"
#include "gateway/domain/time.h"

/// What is added to a registered request: service request updates, the extension that FixMyStreet and its relatives speak
/// (https://github.com/mysociety/fixmystreet/wiki/Open311-FMS---Complete-Spec). Without a socket.
namespace salam::upstream {

/// `POST /servicerequestupdates`: the request's amendment in words, under its mark, with its files where there are any.
http_client::Request amendment_call(const Open311Settings& settings, const Request& request);
/// As a registration is judged.
Answer<AmendOutcome> read_amendment(const Open311Settings& settings, const Request& request, const http_client::Response& response);

/// Looks for the mark in the updates since the amendment's intent, by their ids and their words.
std::unique_ptr<Lookup> make_open311_amendment_lookup(const Open311Settings& settings, const Request& request, Timestamp now);

}  // namespace salam::upstream
