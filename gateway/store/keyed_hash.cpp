#include "gateway/store/keyed_hash.h"

#include <array>
#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/params.h>

namespace salam::store {
namespace {

void expect_success(int result) {
  if (result != 1) {
    throw std::runtime_error("OpenSSL computes no HMAC");
  }
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

KeyedHash::KeyedHash(std::string_view secret) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr), EVP_MAC_free);
  keyed_.reset(EVP_MAC_CTX_new(hmac.get()));
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 2> parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                             OSSL_PARAM_construct_end()};
  expect_success(keyed_ ? EVP_MAC_init(keyed_.get(), bytes_of(secret), secret.size(), parameters.data()) : 0);
}

std::string KeyedHash::operator()(std::string_view purpose, std::string_view text) const {
  constexpr std::size_t length = 32;
  constexpr unsigned char separator = 0;
  const Context context(EVP_MAC_CTX_dup(keyed_.get()));
  std::array<unsigned char, length> hash{};
  std::size_t written = 0;
  expect_success(context ? EVP_MAC_update(context.get(), bytes_of(purpose), purpose.size()) : 0);
  expect_success(EVP_MAC_update(context.get(), &separator, 1));
  expect_success(EVP_MAC_update(context.get(), bytes_of(text), text.size()));
  expect_success(EVP_MAC_final(context.get(), hash.data(), &written, hash.size()));
  std::string hex;
  hex.reserve(2 * length);
  for (const auto byte : hash) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex.push_back(digits[byte >> 4]);
    hex.push_back(digits[byte & 0xf]);
  }
  return hex;
}

}  // namespace salam::store
