#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gateway/domain/result.h"
#include "gateway/domain/time.h"

namespace salam::paper {

using ZipEntries = std::map<std::string, std::string, std::less<>>;

/// All files of a zip by name, in memory. Errors: `zip_invalid`: no zip, encrypted, damaged, a name twice or out of its folder, more than
/// 4,000 files, more than 32 MiB, or more than 64 MiB unpacked.
Result<ZipEntries> unzipped(std::string_view zip);

/// `first` stands first; all times are `made_at`, so that the same files give the same bytes. Throws std::runtime_error where memory does
/// not suffice.
std::string zipped(const ZipEntries& files, std::string_view first, Timestamp made_at);

}  // namespace salam::paper
