#include "gateway/api/decision.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "gateway/json/views.h"

namespace salam::api {
namespace {

Transition transition_of(const Context& context, const http::Request& request, lifecycle::Decider decider, Decide decide) {
  decider.key = request.caller.name;
  decider.version = expected_version(request);
  lifecycle::Moment moment{
      .now = context.clock.now(), .random_bits = context.random.bits(), .attempt = {}, .restored_at = context.store.restored_at()};
  return [decide = std::move(decide), decider = std::move(decider), moment = std::move(moment)](const Record& current) {
    return decide(current, decider, moment);
  };
}

/// The store's own refusal says nothing of the request.
bool is_of_the_store(std::string_view code) {
  static constexpr std::array codes{"overloaded", "shutting_down", "storage_full", "internal"};
  return std::ranges::find(codes, code) != codes.end();
}

/// What a person did to it last, as far as the latest events go.
std::optional<store::HistoryEntry> last_person(const Context& context, const Request& request) {
  constexpr int looked_at = 50;
  std::optional<store::HistoryEntry> found;
  for (auto& entry : context.store.history(request.key, request.sequence - looked_at, looked_at)) {
    if (!entry.actor.name.empty()) found = std::move(entry);
  }
  return found;
}

}  // namespace

http::Response decided(int status, std::string body, std::int64_t version, bool replayed) {
  auto response = json_response(status, std::move(body));
  if (version > 0) response.headers.emplace_back("ETag", '"' + std::to_string(version) + '"');
  if (replayed) response.headers.emplace_back("Idempotent-Replayed", "true");
  return response;
}

store::IdempotentAnswer identity_of(const Context& context, const http::Request& request) {
  return {.caller = request.caller.name,
          .key = std::string(request.header("idempotency-key")),
          .fingerprint = context.store.keyed_hash("idempotency", request.path + '\n' + request.body),
          .status = 0,
          .body = {}};
}

std::optional<http::Response> answered_before(const Context& context, const store::IdempotentAnswer& identity, bool persian) {
  const auto before = context.store.answered(identity.caller, identity.key);
  if (!before) return {};
  if (before->fingerprint != identity.fingerprint) return http::to_response({.code = "idempotency_key_reused"}, persian);
  return decided(before->status, before->body, 0, true);
}

std::optional<std::int64_t> expected_version(const http::Request& request) {
  const auto tag = request.header("if-match");
  if (tag.empty() || tag == "*") return {};
  std::int64_t version = 0;
  const auto digits = tag.substr(1, tag.size() < 2 ? 0 : tag.size() - 2);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  const bool ours = tag.front() == '"' && tag.back() == '"' && error == std::errc{} && end == digits.data() + digits.size();
  return ours ? version : 0;
}

http::Problem overruled(const Context& context, RequestKey key, const Error& error) {
  http::Problem problem{.code = error.code};
  if (is_of_the_store(error.code)) return problem;
  if (error.code == "not_settleable") problem.members.emplace_back("why", error.message);
  const auto record = context.store.find(key);
  if (!record) return problem;
  const auto& request = record->request;
  problem.members.emplace_back("state", state_of(request));
  problem.headers.emplace_back("ETag", '"' + std::to_string(request.version) + '"');
  if (const auto last = last_person(context, request)) {
    problem.members.emplace_back("changed_at", to_rfc3339(last->at));
    problem.members.emplace_back("changed_by", last->actor.name);
  }
  const auto add = [&problem](const std::string& what, const auto& decision) {
    if (!decision) return;
    problem.members.emplace_back(what + "_by", decision->by);
    problem.members.emplace_back(what + "_at", to_rfc3339(decision->at));
  };
  if (const auto& review = request.handling.review) problem.members.emplace_back("decision", to_string(review->decision));
  add("reviewed", request.handling.review);
  add("answered", request.handling.answer);
  if (const auto& closure = request.handling.closure) problem.members.emplace_back("closed_as", to_string(closure->reason));
  add("closed", request.handling.closure);
  return problem;
}

void carry_out(const Context& context, const http::Request& request, const http::Reply& reply, const Record& record,
               lifecycle::Decider decider, Decide decide) {
  const auto key = record.request.key;
  context.store.update(key, transition_of(context, request, std::move(decider), std::move(decide)),
                       [&context, reply, key, persian = request.wants_persian()](store::UpdateOutcome outcome) {
                         if (outcome) {
                           context.added(std::move(outcome->tasks));
                           return reply(decided(200, json::request_view(outcome->record), outcome->record.request.version, false));
                         }
                         if (outcome.error().code == "unchanged") {
                           const auto now = context.store.find(key);
                           return reply(decided(200, json::request_view(*now), now->request.version, false));
                         }
                         reply(http::to_response(overruled(context, key, outcome.error()), persian));
                       });
}

void carry_out_once(const Context& context, const http::Request& request, const http::Reply& reply, const Record& record,
                    lifecycle::Decider decider, Decide decide, const std::function<std::optional<http::Problem>()>& refusal) {
  auto identity = identity_of(context, request);
  if (identity.key.empty()) return refuse(request, reply, {.code = "idempotency_key_missing"});
  const bool persian = request.wants_persian();
  if (auto before = answered_before(context, identity, persian)) return reply(std::move(*before));
  if (refusal) {
    if (const auto problem = refusal()) return refuse(request, reply, *problem);
  }
  auto answer = [](store::IdempotentAnswer kept, const store::Updated& updated) {
    kept.status = 200;
    kept.body = json::request_view(updated.record);
    return kept;
  };
  const auto key = record.request.key;
  context.store.update_once(
      key, transition_of(context, request, std::move(decider), std::move(decide)), identity, std::move(answer),
      [&context, reply, persian, identity, key](store::UpdateOutcome outcome) {
        if (outcome) {
          context.added(std::move(outcome->tasks));
          return reply(decided(200, json::request_view(outcome->record), outcome->record.request.version, false));
        }
        if (outcome.error().code == "answer_kept") {
          return reply(
              answered_before(context, identity, persian).value_or(http::to_response({.code = "idempotency_in_progress"}, persian)));
        }
        reply(http::to_response(overruled(context, key, outcome.error()), persian));
      });
}

}  // namespace salam::api
