#include "gateway/store/attachment_files.h"

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>

#include <openssl/evp.h>
#include <spdlog/spdlog.h>

#include "gateway/store/files.h"

namespace salam::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t shard_length = 2;
constexpr std::size_t digest_length = 64;
constexpr std::string_view partial = "partial-";

bool is_digest(std::string_view text) {
  return text.size() == digest_length && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The digest that a file of this folder is named by; empty where it is none of these.
std::string digest_named_by(const fs::path& path) {
  auto digest = path.parent_path().filename().string() + path.filename().string();
  return is_digest(digest) ? digest : std::string();
}

Error error_of(const std::system_error& failed) {
  const int code = failed.code().value();
  spdlog::error("an attachment cannot be written: {}", failed.what());
  if (code == ENOSPC || code == EDQUOT) {
    return {"storage_full", "the disk of the attachments is full: free some space; nothing of this was stored"};
  }
  return {"storage_unavailable", "the attachment cannot be written: see the log"};
}

}  // namespace

std::string attachment_folder(const std::string& database) { return database + ".attachments"; }

std::string digest_of(std::string_view content) {
  // Fetched once: OpenSSL 3 looks it up anew for each use of `EVP_sha256()`.
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(content.data(), content.size(), digest.data(), &length, sha256.get(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL computes no SHA-256");
  }
  std::string hex;
  hex.reserve(digest_length);
  for (unsigned int i = 0; i < length; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex.push_back(digits[digest[i] >> 4]);
    hex.push_back(digits[digest[i] & 0xf]);
  }
  return hex;
}

std::string AttachmentFiles::path_of(const std::string& digest) const {
  return folder_ + '/' + digest.substr(0, shard_length) + '/' + digest.substr(shard_length);
}

Result<void> AttachmentFiles::keep(const std::string& digest, std::string_view content) {
  const auto temporary = folder_ + '/' + std::string(partial) + std::to_string(next_partial_++);
  try {
    make_private_folder(folder_);
    make_private_folder(folder_ + '/' + digest.substr(0, shard_length));
    write_private(temporary, content);
    move_durably(temporary, path_of(digest));
    return {};
  } catch (const std::system_error& failed) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    return error_of(failed);
  }
}

bool AttachmentFiles::holds(const std::string& digest, std::uint64_t size) const {
  std::error_code absent;
  const auto found = fs::file_size(path_of(digest), absent);
  return !absent && found == size;
}

std::optional<std::string> AttachmentFiles::read(const std::string& digest, std::uint64_t size) const {
  if (!holds(digest, size)) {
    return std::nullopt;
  }
  std::string content(size, '\0');
  std::ifstream file(path_of(digest), std::ios::binary);
  if (!file.read(content.data(), static_cast<std::streamsize>(size))) {
    return std::nullopt;
  }
  return content;
}

std::size_t AttachmentFiles::remove_unknown(const std::function<bool(const std::string& digest)>& known) const {
  std::size_t removed = 0;
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(folder_, failed), end; !failed && entry != end; entry.increment(failed)) {
    const auto& path = entry->path();
    std::error_code unreadable;
    if (!entry->is_regular_file(unreadable)) {
      continue;
    }
    const auto digest = digest_named_by(path);
    const bool unfinished = path.parent_path() == fs::path(folder_) && path.filename().string().starts_with(partial);
    if (unfinished || (!digest.empty() && !known(digest))) {
      removed += fs::remove(path, unreadable) ? 1 : 0;
    }
  }
  return removed;
}

}  // namespace salam::store
