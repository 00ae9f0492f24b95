#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "gateway/api/context.h"
#include "gateway/domain/decisions.h"

/// What every decision of a person about one request has in common: who was faster wins, the other learns what happened and by whom, and an
/// action without a key of its own is carried out once for each `Idempotency-Key`.
namespace salam::api {

/// A decision as it is carried out: by whom, with the caller's key and the version that `If-Match` names, and when.
using Decide = std::function<Result<Change>(const Record&, const lifecycle::Decider&, const lifecycle::Moment&)>;

/// For what may be repeated without harm. Answers with the request as it stands then, also where the transition finds it `unchanged`.
void carry_out(const Context& context, const http::Request& request, const http::Reply& reply, const Record& record,
               lifecycle::Decider decider, Decide decide);

/// Needs an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): the same again gets the same answer. `refusal`: looked at
/// first where the key is new, and answered where it has something.
void carry_out_once(const Context& context, const http::Request& request, const http::Reply& reply, const Record& record,
                    lifecycle::Decider decider, Decide decide, const std::function<std::optional<http::Problem>()>& refusal = {});

/// Of one action, whose answer is kept for a repetition of its `Idempotency-Key`; without a key where it brings none.
store::IdempotentAnswer identity_of(const Context& context, const http::Request& request);
/// The answer to an earlier use of the same key, if there was one.
std::optional<http::Response> answered_before(const Context& context, const store::IdempotentAnswer& identity, bool persian);
/// `version`: for the ETag; 0: without one.
http::Response decided(int status, std::string body, std::int64_t version, bool replayed);
/// The version that `If-Match` (RFC 9110, 13.1.1) names, unset for none and for `*`; one that nothing has where it is no ETag of ours.
std::optional<std::int64_t> expected_version(const http::Request& request);

/// Why a decision was not carried out, with who decided before.
http::Problem overruled(const Context& context, RequestKey request, const Error& error);

}  // namespace salam::api
