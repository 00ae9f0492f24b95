#include "gateway/paper/zip_file.h"

#include <array>
#include <memory>
#include <optional>
#include <stdexcept>

#include <zip.h>

namespace salam::paper {
namespace {

constexpr std::size_t mebibyte = 1024 * 1024;
constexpr std::size_t largest_zip = 32 * mebibyte;
constexpr std::size_t largest_content = 64 * mebibyte;
constexpr zip_int64_t most_files = 4'000;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Archive = std::unique_ptr<zip_t, Discard>;
using File = std::unique_ptr<zip_file_t, Discard>;
using Source = std::unique_ptr<zip_source_t, Discard>;

Error invalid(std::string why) { return {"zip_invalid", std::move(why)}; }

/// A source of its own stays with the caller, who reads there what has been written.
Source source_of(std::string_view bytes) {
  Source source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr));
  if (!source) throw std::runtime_error("no memory for a zip");
  return source;
}

Archive opened(const Source& source, int flags) {
  zip_source_keep(source.get());
  Archive archive(zip_open_from_source(source.get(), flags, nullptr));
  if (!archive) zip_source_free(source.get());
  return archive;
}

bool stays_inside(std::string_view name) {
  return !name.empty() && !name.starts_with('/') && name.find('\\') == std::string_view::npos &&
         ("/" + std::string(name) + "/").find("/../") == std::string::npos;
}

/// Reads on while there is room, whatever size the file says that it has. Nothing where it is damaged or there is too much.
std::optional<std::string> content(zip_t* archive, zip_uint64_t index, std::size_t room) {
  const File file(zip_fopen_index(archive, index, 0));
  if (!file) return std::nullopt;
  std::string bytes;
  std::array<char, 64 * 1024> chunk{};
  while (true) {
    const auto count = zip_fread(file.get(), chunk.data(), chunk.size());
    if (count < 0 || bytes.size() + static_cast<std::size_t>(count) > room) return std::nullopt;
    if (count == 0) return bytes;
    bytes.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

void add(zip_t* archive, const std::string& name, const std::string& bytes, Timestamp made_at) {
  auto* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
  const auto index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    throw std::runtime_error("a zip does not take " + name + ": " + zip_strerror(archive));
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(made_at).time_since_epoch().count();
  zip_file_set_mtime(archive, static_cast<zip_uint64_t>(index), seconds, 0);
}

std::string read_back(zip_source_t* source) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(source, &stat) < 0 || zip_source_open(source) < 0) throw std::runtime_error("a zip cannot be read back");
  std::string bytes(stat.size, '\0');
  const auto count = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (count != static_cast<zip_int64_t>(bytes.size())) throw std::runtime_error("a zip cannot be read back");
  return bytes;
}

}  // namespace

Result<ZipEntries> unzipped(std::string_view zip) {
  if (zip.size() > largest_zip) return invalid("is larger than 32 MiB");
  const auto source = source_of(zip);
  const auto archive = opened(source, ZIP_RDONLY);
  if (!archive) return invalid("is no zip file, or damaged, or has a password");
  const auto count = zip_get_num_entries(archive.get(), 0);
  if (count > most_files) return invalid("has more than 4,000 files in it");
  ZipEntries files;
  auto room = largest_content;
  for (zip_uint64_t index = 0; index < static_cast<zip_uint64_t>(count); ++index) {
    const auto* const raw_name = zip_get_name(archive.get(), index, 0);
    const std::string name = raw_name == nullptr ? "" : raw_name;
    if (name.ends_with('/')) continue;
    if (!stays_inside(name) || files.contains(name)) return invalid("has a file in it whose name is out of place or stands there twice");
    auto bytes = content(archive.get(), index, room);
    if (!bytes) return invalid("cannot be unpacked: " + name + " is damaged or encrypted, or there is more than 64 MiB");
    room -= bytes->size();
    files.emplace(name, std::move(*bytes));
  }
  return files;
}

std::string zipped(const ZipEntries& files, std::string_view first, Timestamp made_at) {
  const auto source = source_of({});
  auto archive = opened(source, ZIP_CREATE | ZIP_TRUNCATE);
  if (!archive) throw std::runtime_error("no memory for a zip");
  if (const auto found = files.find(first); found != files.end()) add(archive.get(), found->first, found->second, made_at);
  for (const auto& [name, bytes] : files) {
    if (name != first) add(archive.get(), name, bytes, made_at);
  }
  if (zip_close(archive.get()) < 0) throw std::runtime_error(std::string("a zip cannot be written: ") + zip_strerror(archive.get()));
  static_cast<void>(archive.release());
  return read_back(source.get());
}

}  // namespace salam::paper
