#include "gateway/api/callback_door.h"

#include <array>
#include <charconv>
#include <cstdlib>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "gateway/api/same_secret.h"

namespace salam::api {
namespace {

/// Remembered signatures; where more come within the tolerance, the rest is refused.
constexpr std::size_t most_seen = 100'000;
constexpr std::size_t digest_bytes = 32;
using Digest = std::array<unsigned char, digest_bytes>;

std::optional<Digest> from_hex(std::string_view text) {
  constexpr std::string_view scheme = "sha256=";
  if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
  Digest digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto* const at = text.data() + 2 * i;
    if (std::from_chars(at, at + 2, digest[i], 16).ptr != at + 2) return std::nullopt;
  }
  return digest;
}

std::string_view bytes_of(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

}  // namespace

bool CallbackDoor::knows_secret(std::string_view secret) const {
  return !settings_.secret.empty() && same_secret(settings_.secret.reveal(), secret);
}

CallbackDoor::Signed CallbackDoor::judge(std::string_view timestamp, std::string_view signature, std::string_view body, Timestamp now) {
  std::int64_t seconds = 0;
  const auto* const end = timestamp.data() + timestamp.size();
  const bool is_number = !timestamp.empty() && std::from_chars(timestamp.data(), end, seconds).ptr == end;
  const auto given = from_hex(signature);
  if (settings_.hmac_key.empty() || !is_number || !given) return Signed::wrongly;
  const auto now_seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (seconds < now_seconds - settings_.tolerance.count() || seconds > now_seconds + settings_.tolerance.count()) return Signed::wrongly;
  const auto text = std::string(timestamp) + "." + std::string(body);
  const auto& key = settings_.hmac_key.reveal();
  Digest expected{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       expected.data(), &length);
  if (!same_secret(bytes_of(expected), bytes_of(*given))) return Signed::wrongly;
  return is_first(std::string(bytes_of(expected)), now) ? Signed::rightly : Signed::again;
}

bool CallbackDoor::is_first(const std::string& signature, Timestamp now) {
  const std::scoped_lock lock(mutex_);
  if (seen_.size() >= most_seen) std::erase_if(seen_, [&](const auto& one) { return one.second < now; });
  if (seen_.size() >= most_seen) return false;
  return seen_.emplace(signature, now + 2 * settings_.tolerance).second;
}

}  // namespace salam::api
