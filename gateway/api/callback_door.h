#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "gateway/domain/sensitive.h"
#include "gateway/domain/time.h"

namespace salam::api {

/// How a system that calls back shows that it is that system.
struct CallbackSettings {
  Sensitive<std::string> secret;    ///< The last segment of the address that was given to it, at least 24 characters; empty: none.
  Sensitive<std::string> hmac_key;  ///< Signs `<timestamp>.<body>` by HMAC-SHA-256, in hex; empty: nothing is signed.
  std::string signature_header = "x-signature";  ///< Lower case; before the signature `sha256=` may stand.
  std::string timestamp_header = "x-timestamp";  ///< Lower case; seconds since 1970.
  std::chrono::seconds tolerance{300};           ///< How far the timestamp may be from now.
};

/// Decides whether a callback comes from whom it says. From any thread.
class CallbackDoor {
 public:
  explicit CallbackDoor(CallbackSettings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] bool knows_secret(std::string_view secret) const;

  enum class Signed { rightly, wrongly, again };
  /// `again`: the same call was let in before.
  Signed judge(std::string_view timestamp, std::string_view signature, std::string_view body, Timestamp now);
  [[nodiscard]] const CallbackSettings& settings() const noexcept { return settings_; }

 private:
  bool is_first(const std::string& signature, Timestamp now);

  CallbackSettings settings_;
  std::mutex mutex_;
  std::map<std::string, Timestamp> seen_;  ///< Signatures, and when they may be forgotten.
};

}  // namespace salam::api
