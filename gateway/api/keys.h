#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/domain/result.h"
#include "gateway/domain/time.h"
#include "gateway/http/server.h"

/// API keys: `salam_<id>_<secret>`, of which the keys file holds only a SHA-256 digest. Sent as `Authorization: Bearer …` (RFC 6750).
namespace salam::api {

inline constexpr std::array<std::string_view, 6> key_scopes{"intake", "read", "personal", "operate", "track", "callback"};

struct Key {
  std::string id;      ///< 8 hex digits, in the key itself.
  std::string name;    ///< Of the app or office; shown in the history.
  std::string digest;  ///< SHA-256 of the whole key, hex.
  std::vector<std::string> scopes;
  std::string created;  ///< RFC 3339.
};

/// The keys file. Errors: `keys_unreadable`, `keys_invalid`, each naming the file. A missing file holds no key.
Result<std::vector<Key>> read_keys(const std::string& path);
/// Written beside it and renamed, mode 0600. Errors: `keys_unwritable`.
Result<void> write_keys(const std::string& path, const std::vector<Key>& keys);

struct NewKey {
  Key key;
  std::string secret;  ///< The key itself: shown once.
};
/// Errors: `key_invalid` for an empty name, no scope or an unknown one; `key_exists` where the name is taken.
Result<NewKey> make_key(const std::vector<Key>& existing, std::string name, std::vector<std::string> scopes, Timestamp now);

/// Judges callers by the keys in force. Thread-safe.
class KeyRing {
 public:
  struct Rates {
    double each = 2'000;  ///< Requests per second and key.
    double track = 50;    ///< The same for routes of scope `track`.
  };
  explicit KeyRing(Rates rates) : rates_(rates) {}

  void replace(const std::vector<Key>& keys);
  [[nodiscard]] http::Verdict judge(std::string_view authorization, std::string_view scope, std::chrono::steady_clock::time_point now);

 private:
  struct Bucket {
    double tokens = 0;
    std::chrono::steady_clock::time_point filled_at{};
    bool take(double rate, std::chrono::steady_clock::time_point now);
  };
  struct Held {
    Key key;
    Bucket calls;
    Bucket tracks;
  };

  const Rates rates_;
  std::mutex mutex_;
  std::unordered_map<std::string, Held> held_;
};

}  // namespace salam::api
