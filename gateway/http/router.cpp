#include "gateway/http/router.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "gateway/http/target.h"

namespace salam::http {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  for (std::size_t start = 1; start <= path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    segments.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return segments;
}

bool is_parameter(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

/// What the path's parameters matched; nothing where it does not fit. An empty segment fits no parameter.
std::optional<std::vector<std::string>> fit(const std::vector<std::string>& pattern, const std::vector<std::string_view>& segments) {
  if (pattern.size() != segments.size()) return std::nullopt;
  std::vector<std::string> parameters;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    auto segment = percent_decoded(segments[at]);
    if (!segment) return std::nullopt;
    if (!pattern[at].empty()) {
      if (pattern[at] != *segment) return std::nullopt;
    } else if (segment->empty()) {
      return std::nullopt;
    } else {
      parameters.push_back(*std::move(segment));
    }
  }
  return parameters;
}

bool serves(const Route& route, Method method) { return route.method == method || (route.method == Method::get && method == Method::head); }

}  // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (std::size_t index = 0; index < routes_.size(); ++index) {
    std::vector<std::string> segments;
    bool fixed = true;
    for (const auto segment : split(routes_[index].path)) {
      fixed = fixed && !is_parameter(segment);
      segments.emplace_back(is_parameter(segment) ? std::string_view() : segment);
    }
    auto path = std::ranges::find(paths_, segments, &Path::segments);
    if (path == paths_.end()) path = paths_.insert(path, {segments, {}});
    for (const auto other : path->routes) {
      if (routes_[other].method == routes_[index].method) throw std::runtime_error("two routes for " + routes_[index].path);
    }
    path->routes.push_back(index);
    if (fixed) fixed_.emplace(routes_[index].path, static_cast<std::size_t>(path - paths_.begin()));
  }
}

Router::Match Router::among(const Path& path, Method method, std::vector<std::string> parameters) const {
  Match match;
  for (const auto index : path.routes) {
    const Route& route = routes_[index];
    if (serves(route, method)) return {&route, index, std::move(parameters), {}};
    match.allow += match.allow.empty() ? "" : ", ";
    match.allow += to_string(route.method);
    if (route.method == Method::get) match.allow += ", HEAD";
  }
  return match;
}

Router::Match Router::find(Method method, std::string_view raw_path) const {
  if (const auto found = fixed_.find(raw_path); found != fixed_.end()) return among(paths_[found->second], method, {});
  const auto segments = split(raw_path);
  for (const Path& path : paths_) {
    if (auto parameters = fit(path.segments, segments)) return among(path, method, *std::move(parameters));
  }
  return {};
}

}  // namespace salam::http
