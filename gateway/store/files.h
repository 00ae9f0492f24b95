#pragma once

#include <string>
#include <string_view>

/// What a database and the files beside it need beyond SQLite. All throw std::system_error with the file's name.
namespace salam::store {

/// For its owner alone: it holds personal data. SQLite gives the files beside it the same mode.
void create_private(const std::string& path);

/// For its owner alone; its name is on the disk afterwards. It may be there already.
void make_private_folder(const std::string& path);

/// For its owner alone, in place of what was there; the content is on the disk afterwards, the name need not be.
void write_private(const std::string& path, std::string_view content);

/// The file's content is on the disk.
void sync_file(const std::string& path);

/// Replaces what stands there; both the content and the new name are on the disk afterwards.
void move_durably(const std::string& from, const std::string& to);

/// What a restore leaves beside the database until the backup stands in its place.
std::string restored_copy(const std::string& path);

}  // namespace salam::store
