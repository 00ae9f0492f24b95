#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/http_client/client.h"
#include "gateway/json/parse.h"
#include "gateway/ports/upstream.h"

/// What the drivers share in judging an upstream's answer.
namespace salam::upstream {

/// An outcome and what operators see of the answer.
template <class Outcome>
struct Answer {
  Outcome outcome;
  std::string excerpt;
};

inline bool is_success(int status) { return status >= 200 && status < 300; }

/// Without the byte order mark that some servers write.
std::string_view body_of(const http_client::Response& response);

/// The body as JSON.
Result<json::Document> read_json(const http_client::Response& response);

/// An id, code or token that may be shown to a citizen: a string or a whole number; not empty, zero or `null`; at most 256 bytes; without
/// control or direction characters. Blanks around it are dropped.
std::optional<std::string> trusted_code(const json::Value* value);
std::optional<std::string> trusted_code(std::string_view text);

bool is_blank(std::string_view text);

/// Whether nothing is there at all (absent, null, empty string), as against something that is not trusted.
bool is_missing(const json::Value* value);

/// Status and the upstream's words, personal data out: `HTTP 400: …`. Where the caller has no words from a JSON body, an error's plain text
/// is used; the body of a success never is (it may repeat what was sent). `about`: whose data must not show.
std::string describe(const http_client::Response& response, std::string_view words, const Request* about);

outcome::TryLater try_later(const http_client::Response& response, std::string why);

/// What a status that no rule explains means to a call that acts: a registration, an amendment.
template <class Outcome>
Outcome act_outcome(const http_client::Response& response, std::string why) {
  const int status = response.status;
  if (status == 401 || status == 403) return outcome::Misconfigured{std::move(why)};
  if (status == 429 || status == 503) return try_later(response, std::move(why));
  if (status >= 300 && status < 500) return outcome::Unclear{std::move(why)};
  return outcome::Uncertain{std::move(why)};
}

/// What it means to such a call that there was no answer.
template <class Outcome>
Outcome act_outcome(const http_client::Failure& failure) {
  if (failure.nothing_sent && failure.ours_to_mend) return outcome::Misconfigured{failure.why};
  if (failure.nothing_sent) return outcome::TryLater{failure.why, std::nullopt, false};
  return outcome::Uncertain{failure.why};
}

/// What an answer other than a readable success means to a call that only reads.
template <class Outcome>
Outcome read_outcome(const http_client::Response& response, std::string why) {
  if (response.status == 401 || response.status == 403) return outcome::Misconfigured{std::move(why)};
  const bool transient = is_success(response.status) || response.status == 429 || response.status >= 500;
  if (transient) return try_later(response, std::move(why));
  return outcome::Unclear{std::move(why)};
}

/// What it means to such a call that there was no answer.
template <class Outcome>
Outcome read_outcome(const http_client::Failure& failure) {
  if (failure.ours_to_mend) return outcome::Misconfigured{failure.why};
  return outcome::TryLater{failure.why, std::nullopt, false};
}

}  // namespace salam::upstream
