#include "gateway/http/admission.h"

#include <chrono>

#include "gateway/http/field_values.h"

namespace salam::http {
namespace {

bool is_media_type(std::string_view field, std::string_view wanted) {
  std::optional<std::string_view> parameters = field;
  if (!same_ignoring_case(next_part(parameters, ';').value_or(""), wanted)) return false;
  while (const auto parameter = next_part(parameters, ';')) {
    std::optional<std::string_view> value = *parameter;
    if (!same_ignoring_case(next_part(value, '=').value_or(""), "charset")) continue;
    const auto charset = trimmed(value.value_or(""));
    if (!same_ignoring_case(charset, "utf-8") && !same_ignoring_case(charset, "\"utf-8\"")) return false;
  }
  return true;
}

bool is_one_of(std::string_view field, std::string_view wanted) {
  std::optional<std::string_view> rest = wanted;
  while (const auto media_type = next_part(rest, ',')) {
    if (is_media_type(field, *media_type)) return true;
  }
  return false;
}

bool takes_body(Method method) { return method == Method::post || method == Method::put || method == Method::patch; }

std::optional<Problem> check_body(const Head& head, const Route& route) {
  if (head.content_length.value_or(0) > route.body_limit) {
    return Problem{.code = "body_too_large", .members = {{"limit", std::to_string(route.body_limit)}}};
  }
  if (!head.has_body || !takes_body(head.request.method)) return std::nullopt;
  const auto coding = head.request.header("content-encoding");
  if (!coding.empty() && !same_ignoring_case(coding, "identity")) {
    return Problem{.code = "unsupported_media_type", .headers = {{"Accept-Encoding", "identity"}}};
  }
  if (!route.media_type.empty() && !is_one_of(head.request.header("content-type"), route.media_type)) {
    return Problem{
        .code = "unsupported_media_type", .members = {{"expected", route.media_type}}, .headers = {{"Accept", route.media_type}}};
  }
  return std::nullopt;
}

Problem refused_caller(const Verdict& verdict) {
  if (verdict.problem == "missing_scope") return missing_scope();
  Problem problem{.code = verdict.problem};
  if (verdict.problem == "missing_key") problem.headers.emplace_back("WWW-Authenticate", R"(Bearer realm="salam")");
  if (verdict.problem == "unknown_key") problem.headers.emplace_back("WWW-Authenticate", R"(Bearer realm="salam", error="invalid_token")");
  if (verdict.retry_after > std::chrono::seconds(0)) {
    problem.headers.emplace_back("Retry-After", std::to_string(verdict.retry_after.count()));
  }
  return problem;
}

}  // namespace

std::optional<Problem> Admission::identify(const Head& head, const Route& route, Caller& caller) const {
  if (route.scope.empty()) return std::nullopt;
  const Verdict verdict = authenticate_(head.request.header("authorization"), route.scope);
  if (!verdict.caller) return refused_caller(verdict);
  caller = *verdict.caller;
  return std::nullopt;
}

Decision Admission::decide(const Head& head, const Load& load) const {
  Decision decision;
  if (load.shutting_down || load.full) {
    decision.refusal = Problem{.code = load.shutting_down ? "shutting_down" : "overloaded"};
    return decision;
  }
  if (head.raw_path.empty()) {
    decision.refusal = Problem{.code = "bad_request"};
    return decision;
  }
  auto match = router_.find(head.request.method, head.raw_path);
  decision.route = match.route;
  decision.route_index = match.index;
  decision.parameters = std::move(match.parameters);
  if (match.route == nullptr) {
    decision.refusal = match.allow.empty() ? Problem{.code = "not_found"}
                                           : Problem{.code = "method_not_allowed", .headers = {{"Allow", std::move(match.allow)}}};
    return decision;
  }
  decision.refusal = identify(head, *match.route, decision.caller);
  if (!decision.refusal) decision.refusal = check_body(head, *match.route);
  if (!decision.refusal && match.route->places) {
    decision.place = match.route->places->take();
    if (!decision.place) decision.refusal = Problem{.code = "overloaded"};
  }
  return decision;
}

}  // namespace salam::http
