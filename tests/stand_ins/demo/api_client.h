#pragma once

#include <memory>
#include <string>

namespace salam::stand_ins::demo {

struct Reply {
  int status = 0;
  std::string body;
};

/// A blocking HTTP/1.1 client for one origin: one kept connection, 30 s for a call.
class ApiClient {
 public:
  /// `url` is `http://host:port`; the key may be empty.
  ApiClient(const std::string& url, std::string key);
  ~ApiClient();
  ApiClient(const ApiClient&) = delete;
  ApiClient& operator=(const ApiClient&) = delete;

  /// Throws std::runtime_error with a sentence where no answer came.
  Reply call(const std::string& method, const std::string& target, const std::string& body = {});
  Reply get(const std::string& target) { return call("GET", target); }

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace salam::stand_ins::demo
