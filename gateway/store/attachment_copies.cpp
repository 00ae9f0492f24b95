#include "gateway/store/attachment_copies.h"

#include <optional>
#include <string>

namespace salam::store {
namespace {

constexpr std::string_view each_file = "SELECT DISTINCT digest, size FROM attachments WHERE url = '' ORDER BY digest";

std::optional<std::string> read_first(const std::vector<const AttachmentFiles*>& from, const std::string& digest, std::uint64_t size) {
  for (const auto* const files : from) {
    auto content = files->read(digest, size);
    if (content && digest_of(*content) == digest) {
      return content;
    }
  }
  return std::nullopt;
}

}  // namespace

bool is_attached(Database& database, std::string_view digest) {
  return database.query("SELECT 1 FROM attachments WHERE digest = ? AND url = ''").bind(digest).next();
}

FileCount count_files(Database& database, const AttachmentFiles& files) {
  FileCount count;
  auto rows = database.query(each_file);
  while (rows.next()) {
    const auto digest = rows.get<std::string>();
    ++count.all;
    count.missing += files.holds(digest, rows.get<std::uint64_t>()) ? 0 : 1;
  }
  return count;
}

Result<void> copy_files(Database& database, const std::vector<const AttachmentFiles*>& from, AttachmentFiles& to,
                        const Progress& progress) {
  const auto all = static_cast<std::uint64_t>(database.number("SELECT count(DISTINCT digest) FROM attachments WHERE url = ''"));
  std::uint64_t done = 0;
  auto rows = database.query(each_file);
  while (rows.next()) {
    const auto digest = rows.get<std::string>();
    const auto size = rows.get<std::uint64_t>();
    progress("copying attachments", done++, all);
    if (to.holds(digest, size)) {
      continue;
    }
    const auto content = read_first(from, digest, size);
    if (!content) {
      continue;
    }
    if (auto kept = to.keep(digest, *content); !kept) {
      return kept;
    }
  }
  return {};
}

}  // namespace salam::store
