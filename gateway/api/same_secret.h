#pragma once

#include <string_view>

#include <openssl/crypto.h>

namespace salam::api {

/// Compares in a time that tells nothing of where they differ; only their lengths show.
inline bool same_secret(std::string_view expected, std::string_view got) {
  return expected.size() == got.size() && CRYPTO_memcmp(expected.data(), got.data(), got.size()) == 0;
}

}  // namespace salam::api
