#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "gateway/domain/result.h"
#include "gateway/json/parse.h"

namespace salam::app {

/// How a command reaches the running gateway.
struct ApiAccess {
  std::string url = "http://127.0.0.1:8137";
  std::string key_file;  ///< Holds an API key, as `key create` printed it.
  std::string ca_file;   ///< PEM, where the gateway's certificate is the city's own; empty: the system's.
};

/// Calls the gateway's API and waits for the answer, one call at a time.
class ApiClient {
 public:
  /// Errors: `key_unreadable`.
  static Result<ApiClient> open(const ApiAccess& access);

  /// Errors carry what the gateway said, in Persian, or why it could not be reached.
  [[nodiscard]] Result<json::Document> get(const std::string& target) const;
  /// A file, whatever is in it.
  [[nodiscard]] Result<std::string> download(const std::string& target) const;
  /// A part of a spreadsheet as CSV, which may take the gateway some time.
  [[nodiscard]] Result<json::Document> post_csv(const std::string& target, std::string body) const;
  [[nodiscard]] Result<json::Document> put(const std::string& target, std::string body) const;
  /// With a new `Idempotency-Key`; `if_match`: the ETag of what was read, where that matters.
  [[nodiscard]] Result<json::Document> post(const std::string& target, std::string body, std::string if_match = {}) const;
  /// `post` for an answer in HTML.
  [[nodiscard]] Result<std::string> post_for_page(const std::string& target, std::string body) const;

 private:
  ApiClient(ApiAccess access, std::string key) : access_(std::move(access)), key_(std::move(key)) {}
  struct Call {
    std::string method;
    std::string target;
    std::string body{};
    std::string accept = "application/json";
    std::string media_type = "application/json";
    std::chrono::seconds patience{30};
    std::string if_match{};
  };
  struct Answer {
    int status = 0;
    std::string body;
  };
  [[nodiscard]] Result<Answer> send(Call call) const;
  static Result<json::Document> read(Result<Answer> answer);

  ApiAccess access_;
  std::string key_;
};

}  // namespace salam::app
