#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace salam::store {

/// Hex HMAC-SHA-256 (RFC 2104) of `purpose`, a zero byte and `text`. Made ready once, because OpenSSL 3 looks its algorithms up at each
/// start. Thread-safe.
class KeyedHash {
 public:
  explicit KeyedHash(std::string_view secret);
  [[nodiscard]] std::string operator()(std::string_view purpose, std::string_view text) const;

 private:
  struct Free {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  };
  using Context = std::unique_ptr<EVP_MAC_CTX, Free>;

  Context keyed_;
};

}  // namespace salam::store
