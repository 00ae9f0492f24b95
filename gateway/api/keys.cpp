#include "gateway/api/keys.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <spdlog/fmt/fmt.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/api/same_secret.h"
#include "gateway/json/parse.h"
#include "gateway/json/writer.h"

namespace salam::api {
namespace {

constexpr std::string_view prefix = "salam_";
constexpr std::size_t id_length = 8;
constexpr std::size_t secret_bytes = 32;

std::string hex(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * count);
  for (std::size_t i = 0; i < count; ++i) {
    text.push_back(digits[bytes[i] >> 4]);
    text.push_back(digits[bytes[i] & 0xf]);
  }
  return text;
}

std::string digest_of(std::string_view key) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  // Fetched once: OpenSSL 3 looks it up anew for each use of `EVP_sha256()`.
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free);
  EVP_Digest(key.data(), key.size(), digest.data(), &length, sha256.get(), nullptr);
  return hex(digest.data(), length);
}

std::string random_hex(std::size_t bytes) {
  std::vector<unsigned char> random(bytes);
  if (RAND_bytes(random.data(), static_cast<int>(bytes)) != 1) throw std::runtime_error("the operating system gives no randomness");
  return hex(random.data(), bytes);
}

std::string system_error(std::string_view what, const std::string& path) {
  return fmt::format("{} {}: {}", what, path, std::strerror(errno));
}

/// The id inside `Bearer salam_<id>_<secret>`, with the key; empty where it has another shape.
std::pair<std::string_view, std::string_view> bearer(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size() ||
      !std::equal(scheme.begin(), scheme.end(), authorization.begin(),
                  [](char expected, char got) { return expected == static_cast<char>(std::tolower(static_cast<unsigned char>(got))); })) {
    return {};
  }
  const auto key = authorization.substr(scheme.size());
  if (!key.starts_with(prefix) || key.size() < prefix.size() + id_length + 1 || key[prefix.size() + id_length] != '_') return {};
  return {key.substr(prefix.size(), id_length), key};
}

}  // namespace

Result<std::vector<Key>> read_keys(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file && errno == ENOENT) return std::vector<Key>{};
  // A folder opens; only reading shows it.
  if (!file || (file.peek(), file.bad())) return Error{"keys_unreadable", system_error("cannot read the keys file", path)};
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto document = json::parse(text);
  const auto* list = document ? json::find(*document, "/keys") : nullptr;
  if (list == nullptr || !list->IsArray()) {
    return Error{"keys_invalid",
                 fmt::format("{} is no keys file: {}", path, document ? "it has no list `keys`" : document.error().message)};
  }
  std::vector<Key> keys;
  for (const auto& entry : list->GetArray()) {
    Key key{.id = json::string_at(entry, "id").value_or(""),
            .name = json::string_at(entry, "name").value_or(""),
            .digest = json::string_at(entry, "digest").value_or(""),
            .scopes = {},
            .created = json::string_at(entry, "created").value_or("")};
    if (const auto* scopes = json::member(entry, "scopes"); scopes != nullptr && scopes->IsArray()) {
      for (const auto& scope : scopes->GetArray()) key.scopes.emplace_back(json::view_of(scope));
    }
    if (key.id.size() != id_length || key.name.empty() || key.digest.size() != 64) {
      return Error{"keys_invalid", fmt::format("{}: entry {} lacks id, name or digest", path, keys.size() + 1)};
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

Result<void> write_keys(const std::string& path, const std::vector<Key>& keys) {
  json::Writer writer;
  writer.begin_object().key("keys").begin_array();
  for (const auto& key : keys) {
    writer.begin_object().member("id", key.id).member("name", key.name).member("digest", key.digest).key("scopes").begin_array();
    for (const auto& scope : key.scopes) writer.string(scope);
    writer.end_array().member("created", key.created).end_object();
  }
  const auto text = writer.end_array().end_object().take() + "\n";
  const auto fresh = path + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return Error{"keys_unwritable", system_error("cannot write", fresh)};
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!written || ::rename(fresh.c_str(), path.c_str()) != 0) return Error{"keys_unwritable", system_error("cannot write", path)};
  return {};
}

Result<NewKey> make_key(const std::vector<Key>& existing, std::string name, std::vector<std::string> scopes, Timestamp now) {
  if (name.empty()) return Error{"key_invalid", "a key needs a name: that of the app or office that will use it"};
  if (std::ranges::find(existing, name, &Key::name) != existing.end()) {
    return Error{"key_exists", fmt::format("there is a key named `{}`; revoke it first, or choose another name", name)};
  }
  if (scopes.empty()) return Error{"key_invalid", fmt::format("a key needs scopes, of: {}", fmt::join(key_scopes, ", "))};
  for (const auto& scope : scopes) {
    if (std::ranges::find(key_scopes, scope) == key_scopes.end()) {
      return Error{"key_invalid", fmt::format("`{}` is no scope; there are: {}", scope, fmt::join(key_scopes, ", "))};
    }
  }
  Key key{.id = random_hex(id_length / 2), .name = std::move(name), .digest = {}, .scopes = std::move(scopes), .created = to_rfc3339(now)};
  auto secret = fmt::format("{}{}_{}", prefix, key.id, random_hex(secret_bytes));
  key.digest = digest_of(secret);
  return NewKey{std::move(key), std::move(secret)};
}

bool KeyRing::Bucket::take(double rate, std::chrono::steady_clock::time_point now) {
  tokens = std::min(rate, tokens + std::chrono::duration<double>(now - filled_at).count() * rate);
  filled_at = now;
  if (tokens < 1) return false;
  tokens -= 1;
  return true;
}

void KeyRing::replace(const std::vector<Key>& keys) {
  const std::scoped_lock lock(mutex_);
  std::unordered_map<std::string, Held> held;
  for (const auto& key : keys) {
    const auto former = held_.find(key.id);
    held.emplace(key.id, Held{.key = key,
                              .calls = former == held_.end() ? Bucket{} : former->second.calls,
                              .tracks = former == held_.end() ? Bucket{} : former->second.tracks});
  }
  held_ = std::move(held);
}

http::Verdict KeyRing::judge(std::string_view authorization, std::string_view scope, std::chrono::steady_clock::time_point now) {
  if (authorization.empty()) return {.caller = {}, .problem = "missing_key"};
  const auto [id, key] = bearer(authorization);
  const auto digest = digest_of(key);
  const std::scoped_lock lock(mutex_);
  const auto found = held_.find(std::string(id));
  if (found == held_.end() || !same_secret(found->second.key.digest, digest)) {
    return {.caller = {}, .problem = "unknown_key"};
  }
  auto& held = found->second;
  if (std::ranges::find(held.key.scopes, scope) == held.key.scopes.end()) return {.caller = {}, .problem = "missing_scope"};
  const bool tracking = scope == "track";
  if (!(tracking ? held.tracks : held.calls).take(tracking ? rates_.track : rates_.each, now)) {
    return {.caller = {}, .problem = "rate_limited", .retry_after = std::chrono::seconds(1)};
  }
  return {.caller = http::Caller{.name = held.key.name, .scopes = held.key.scopes}, .problem = {}};
}

}  // namespace salam::api
