#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"

/// Problem details (RFC 9457): every refusal of the API in one shape, English or Persian.
namespace salam::http {

/// One place in a body, or one parameter of the path or query, that was not as expected.
struct FieldError {
  std::string pointer;      ///< JSON Pointer (RFC 6901).
  std::string expected;     ///< What would have been right there.
  std::string parameter{};  ///< In place of the pointer.
};

/// `code` is stable and one of those in `problems()`; all else follows from it, in Persian for a caller that wants it.
struct Problem {
  std::string code{};
  std::vector<FieldError> errors{};
  std::vector<std::pair<std::string, std::string>> members{};  ///< Further string members of the document.
  std::vector<std::pair<std::string, std::string>> headers{};  ///< `Retry-After`, `WWW-Authenticate`, `Allow`, …
};

/// The caller's key lacks a scope (RFC 6750 section 3.1).
Problem missing_scope();

/// What is known of one code.
struct ProblemKind {
  std::string_view code;
  int status;
  std::string_view title;
  std::string_view title_fa;
  std::string_view detail;
  std::string_view detail_fa;
};
/// The whole list, for OpenAPI's contract test and the documentation.
const std::vector<ProblemKind>& problems();

/// `type` is `urn:salam:problem:<code>`; 429 and 503 carry `Retry-After`. A code that is not listed is a defect: 500 `internal_error`.
Response to_response(const Problem& problem, bool persian);

}  // namespace salam::http
