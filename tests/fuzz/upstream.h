#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/upstream/protocol.h"
#include "gateway/domain/text.h"
#include "tests/fuzz/input.h"
#include "tests/unit/upstream/support.h"

/// What the fuzzers of the upstreams' drivers share: whatever a system answers, a driver judges it, and what it relies on can be relied on.
namespace salam::fuzz {

/// The first byte chooses the status; the rest is the body.
inline http_client::Response response_from(Input& input, std::string type) {
  constexpr std::array statuses{200, 201, 202, 204, 302, 400, 401, 404, 409, 429, 500, 503};
  const auto status = statuses.at(input.choose(statuses.size()));
  return upstream::reply(status, std::string(input.rest()), std::move(type));
}

inline void promise_code(const std::string& code) { promise(upstream::trusted_code(code) == code, "a code can be trusted"); }

inline void promise_reports(const std::vector<ProgressReport>& reports) {
  for (const auto& report : reports) {
    promise_code(report.code);
    promise(!report.words.empty() && valid_utf8(report.words), "a report says something");
  }
}

inline void promise_amendment(const upstream::Protocol& protocol, const http_client::Response& response) {
  const auto request = upstream::amended_request();
  promise(valid_utf8(protocol.amend_answer(request, response).excerpt), "what operators see is UTF-8");
  if (!protocol.has_amendment_lookup()) return;
  const auto lookup = protocol.look_up_amendment(request, request.received_at);
  const auto answer = lookup->feed(response);
  if (!answer) return;
  promise(valid_utf8(answer->excerpt), "what operators see is UTF-8");
  const auto* const found = std::get_if<outcome::Found>(&answer->outcome);
  promise(found == nullptr || found->code.empty(), "an amendment has no code");
}

template <class Outcome>
void promise_outcome(const upstream::Answer<Outcome>& answer) {
  promise(valid_utf8(answer.excerpt), "what operators see is UTF-8");
  std::visit(
      []<class T>(const T& outcome) {
        if constexpr (std::is_same_v<T, outcome::Registered> || std::is_same_v<T, outcome::Found>) promise_code(outcome.code);
        if constexpr (std::is_same_v<T, outcome::Pending>) promise_code(outcome.token);
        if constexpr (std::is_same_v<T, std::vector<ProgressReport>>) promise_reports(outcome);
      },
      answer.outcome);
}

/// As a reply to each of the calls.
inline void judge(const upstream::Protocol& protocol, const http_client::Response& response) {
  const auto request = upstream::sample_request();
  promise_outcome(protocol.submit_answer(request, response));
  if (protocol.has_tokens()) promise_outcome(protocol.poll_answer("T1", response));
  if (protocol.has_lookup()) {
    const auto lookup = protocol.look_up(request);
    if (const auto answer = lookup->feed(response)) promise_outcome(*answer);
    promise(!lookup->request().target.empty(), "there is a next page to ask for");
  }
  if (protocol.follow_up_batch() > 0) {
    const std::vector<std::string> asked{"SD-1", "17"};
    promise_outcome(protocol.follow_up_answer(asked, response));
  }
  if (protocol.amends()) promise_amendment(protocol, response);
  if (const auto told = protocol.read_callback(response.body)) promise_reports(*told);
  if (const auto listing = protocol.list(request.received_at)) {
    std::vector<upstream::Held> held;
    (void)listing->feed(response, held).ok();
    for (const auto& one : held) promise(one.code.empty() || upstream::trusted_code(one.code) == one.code, "a listed code can be trusted");
  }
}

}  // namespace salam::fuzz
