#include "gateway/sheets/archive.h"

#include <algorithm>
#include <array>
#include <utility>

#include <zip.h>

#include "gateway/sheets/rows.h"

namespace salam::sheets {
namespace {

constexpr std::size_t piece = std::size_t{64} * 1024;

Error damaged() { return {"sheet_damaged", "پروندهٔ xlsx آسیب دیده یا ناقص رسیده است؛ آن را در اکسل باز و دوباره ذخیره کنید."}; }

Error too_large(const std::string& what) {
  return {
      "sheet_too_large",
      what +
          " این پرونده بیش از اندازه است؛ سطرها را در پروندهٔ تازه‌ای رونوشت کنید."};
}

}  // namespace

Result<Archive> Archive::open(std::string_view bytes, const Limits& limits) {
  zip_error_t error;
  zip_error_init(&error);
  auto* const source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_error_fini(&error);
  if (source == nullptr) return damaged();
  Handle zip(zip_open_from_source(source, ZIP_RDONLY, nullptr), [](zip_t* handle) { zip_discard(handle); });
  if (!zip) {
    zip_source_free(source);
    return damaged();
  }
  Archive archive(std::move(zip), limits.unpacked);
  const auto parts = zip_get_num_entries(archive.zip_.get(), 0);
  if (parts < 0 || std::cmp_greater(parts, limits.parts)) return too_large("شمار اجزای");
  for (zip_int64_t i = 0; i < parts; ++i) {
    const auto* const name = zip_get_name(archive.zip_.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
    if (name == nullptr) return damaged();
    archive.names_.emplace_back(name);
  }
  return archive;
}

bool Archive::has(std::string_view name) const {
  return zip_name_locate(zip_.get(), std::string(name).c_str(), ZIP_FL_NOCASE | ZIP_FL_ENC_RAW) >= 0;
}

Result<void> Archive::unpack(std::string_view name, const std::function<bool(std::string_view)>& take) {
  const auto place = zip_name_locate(zip_.get(), std::string(name).c_str(), ZIP_FL_NOCASE | ZIP_FL_ENC_RAW);
  if (place < 0) return damaged();
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen_index(zip_.get(), static_cast<zip_uint64_t>(place), 0),
                                                               &zip_fclose);
  if (!file) return damaged();
  std::vector<char> buffer(piece);
  for (;;) {
    const auto came = zip_fread(file.get(), buffer.data(), buffer.size());
    if (came < 0) return damaged();
    if (came == 0) return {};
    const auto size = static_cast<std::size_t>(came);
    if (size > left_) return too_large("محتوای فشردهٔ");
    left_ -= size;
    if (!take({buffer.data(), size})) return {};
  }
}

}  // namespace salam::sheets
