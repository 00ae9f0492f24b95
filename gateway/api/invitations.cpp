#include <utility>

#include "gateway/api/context.h"
#include "gateway/api/decision.h"
#include "gateway/json/invitation.h"
#include "gateway/json/meeting_views.h"

namespace salam::api {
namespace {

http::Response view(const std::string& meeting, const InvitationRecord& invitation) {
  return decided(200, json::invitation_view(meeting, invitation), invitation.version, false);
}

/// As citizens will get it. Refuses by itself and returns nothing where that cannot be.
std::optional<Invitation> drawn_up(const Context& context, const http::Request& request, const http::Reply& reply, const Meeting& meeting,
                                   json::InvitationBody body) {
  Invitation invitation{.session = std::move(body.session), .text = {}, .by = std::move(body.by)};
  if (invitation.session.place.empty()) invitation.session.place = meeting.mosque;
  if (is_over(invitation.session, context.clock.now())) {
    refuse(request, reply, {.code = "invitation_date_past"});
    return {};
  }
  auto text = body.text.value_or(context.policy.invitation).render(meeting.region, invitation.session);
  if (text) {
    invitation.text = std::move(*text);
    return invitation;
  }
  const auto& [code, why] = text.error();
  refuse(request, reply,
         code == "invitation_too_long" ? http::Problem{.code = code, .errors = {{.pointer = "/text", .expected = why}}}
                                       : invalid_body({{.pointer = "/time", .expected = why}}));
  return {};
}

void put_invitation(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto document = document_of(request, reply);
  if (!document) return;
  auto body = json::read_invitation(*document);
  if (!body) return refuse(request, reply, invalid_body(body.error()));
  const auto meeting = context.store.meeting(request.parameters.at(0));
  if (!meeting) return refuse(request, reply, {.code = "meeting_not_found"});
  const auto invitation = drawn_up(context, request, reply, *meeting, std::move(*body));
  if (!invitation) return;
  context.store.put_invitation(meeting->id, *invitation,
                               [reply, id = meeting->id, persian = request.wants_persian()](const store::InvitationOutcome& outcome) {
                                 reply(outcome ? view(id, *outcome) : http::to_response({.code = outcome.error().code}, persian));
                               });
}

void get_invitation(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto& id = request.parameters.at(0);
  const auto invitation = context.store.invitation(id);
  if (!invitation) return refuse(request, reply, {.code = context.store.meeting(id) ? "invitation_not_found" : "meeting_not_found"});
  reply(view(id, *invitation));
}

void approve_invitation(const Context& context, const http::Request& request, const http::Reply& reply) {
  if (request.header("if-match").empty()) return refuse(request, reply, {.code = "if_match_missing"});
  const auto document = document_of(request, reply);
  if (!document) return;
  auto by = json::read_invitation_approval(*document);
  if (!by) return refuse(request, reply, invalid_body(by.error()));
  auto identity = identity_of(context, request);
  if (identity.key.empty()) return refuse(request, reply, {.code = "idempotency_key_missing"});
  const bool persian = request.wants_persian();
  if (auto before = answered_before(context, identity, persian)) return reply(std::move(*before));
  const auto& id = request.parameters.at(0);
  // What is approved must be what was read, so `*` names no draft.
  const store::ApprovingInvitation approving{
      .meeting = id, .version = expected_version(request).value_or(0), .by = std::move(*by), .key = request.caller.name};
  context.store.approve_invitation(
      approving, identity,
      [id](store::IdempotentAnswer kept, const InvitationRecord& approved) {
        kept.status = 200;
        kept.body = json::invitation_view(id, approved);
        return kept;
      },
      [&context, reply, id, identity, persian](const store::InvitationOutcome& outcome) {
        if (outcome) {
          context.invitation_approved();
          return reply(view(id, *outcome));
        }
        if (outcome.error().code == "answer_kept") {
          return reply(
              answered_before(context, identity, persian).value_or(http::to_response({.code = "idempotency_in_progress"}, persian)));
        }
        reply(http::to_response({.code = outcome.error().code}, persian));
      });
}

}  // namespace

std::vector<http::Route> invitation_routes(const Context& context) {
  using http::Method;
  const auto with = [&context](auto handler) {
    return [&context, handler](const http::Request& request, const http::Reply& reply) { handler(context, request, reply); };
  };
  return {
      {Method::put, "/v1/meetings/{id}/invitation", "operate", with(put_invitation)},
      {Method::get, "/v1/meetings/{id}/invitation", "read", with(get_invitation)},
      {Method::post, "/v1/meetings/{id}/invitation/approve", "operate", with(approve_invitation)},
  };
}

}  // namespace salam::api
