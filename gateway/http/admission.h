#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/http/problem.h"
#include "gateway/http/router.h"

namespace salam::http {

/// What is known of a request once its header is read.
struct Head {
  const Request& request;
  std::string_view raw_path;
  bool has_body = false;
  std::optional<std::uint64_t> content_length;  ///< Absent with `Transfer-Encoding: chunked`.
};

/// How the server stands at that moment.
struct Load {
  bool shutting_down = false;
  bool full = false;  ///< As many requests in flight as may be.
};

/// Where a request goes, or the reason why it is refused.
struct Decision {
  const Route* route = nullptr;  ///< Set on a refusal too, where the route is known.
  std::size_t route_index = 0;
  std::vector<std::string> parameters;
  Caller caller;
  Places::Place place;  ///< Where the route has places: one of them.
  std::optional<Problem> refusal;
};

/// Decides on a request before its body is read, in one place and in this order: shutting down 503, too many in flight 429, no such route
/// 404 or 405, the caller 401, 403 or 429, size 413, media type 415, the route's places 429.
class Admission {
 public:
  Admission(const Router& router, Authenticate authenticate) : router_(router), authenticate_(std::move(authenticate)) {}

  [[nodiscard]] Decision decide(const Head& head, const Load& load) const;

 private:
  [[nodiscard]] std::optional<Problem> identify(const Head& head, const Route& route, Caller& caller) const;

  const Router& router_;
  Authenticate authenticate_;
};

}  // namespace salam::http
