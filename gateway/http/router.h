#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/server.h"

namespace salam::http {

/// Finds the route of a method and path. A `GET` route serves `HEAD` too. Where several paths fit, the one given first wins.
class Router {
 public:
  /// Throws std::runtime_error where two routes have the same method and path.
  explicit Router(std::vector<Route> routes);

  struct Match {
    const Route* route = nullptr;
    std::size_t index = 0;  ///< Of the route, in the order given.
    std::vector<std::string> parameters;
    std::string allow;  ///< Where the path is known but not the method: the `Allow` field's value.
  };
  /// `raw_path` is still percent-encoded.
  [[nodiscard]] Match find(Method method, std::string_view raw_path) const;

  [[nodiscard]] const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
  struct Path {
    std::vector<std::string> segments;  ///< `{…}` as an empty string.
    std::vector<std::size_t> routes;
  };
  [[nodiscard]] Match among(const Path& path, Method method, std::vector<std::string> parameters) const;

  std::vector<Route> routes_;
  std::vector<Path> paths_;
  std::map<std::string, std::size_t, std::less<>> fixed_;  ///< Paths without parameters, for a quick look.
};

}  // namespace salam::http
