#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/http/body_file.h"

/// HTTP as handlers see it, free of sockets and of Beast: a handler gets a `Request` and answers once, from any thread, through its
/// `Reply`.
namespace salam::http {

enum class Method { get, head, post, put, patch, delete_, other };
std::string_view to_string(Method method);

/// Who calls, as admission found out.
struct Caller {
  std::string name;  ///< The API key's name; empty where the route needs none.
  std::vector<std::string> scopes;
};

struct Request {
  Method method = Method::get;
  std::string path;                                          ///< Percent-decoded.
  std::vector<std::pair<std::string, std::string>> query;    ///< Percent-decoded, in order.
  std::vector<std::pair<std::string, std::string>> headers;  ///< Names in lower case.
  std::vector<std::string> parameters;                       ///< What the route's `{…}` matched, in order.
  std::string body;
  Caller caller;

  /// Empty where absent.
  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
  /// The client prefers Persian (`Accept-Language`, RFC 9110 section 12.5.4).
  [[nodiscard]] bool wants_persian() const;
  /// `Accept` names this media type itself (RFC 9110 section 12.5.1).
  [[nodiscard]] bool accepts(std::string_view media_type) const;
  /// Seconds from `Prefer: wait=N` (RFC 7240), if any.
  [[nodiscard]] std::optional<int> prefer_wait() const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::shared_ptr<const BodyFile> file{};  ///< In the body's stead, where it is long.

  [[nodiscard]] std::string_view content() const { return file ? file->content() : std::string_view(body); }
};

/// Answers the request: exactly once, from any thread. Dropped unanswered, the server sends 500.
using Reply = std::function<void(Response)>;
using Handler = std::function<void(Request, Reply)>;

}  // namespace salam::http
