#pragma once

#include <string>

/// What a database's files need beyond SQLite. All throw std::system_error with the file's name.
namespace salam::store {

/// For its owner alone: it holds personal data. SQLite gives the files beside it the same mode.
void create_private(const std::string& path);

/// The file's content is on the disk.
void sync_file(const std::string& path);

/// Replaces what stands there; both the content and the new name are on the disk afterwards.
void move_durably(const std::string& from, const std::string& to);

/// What a restore leaves beside the database until the backup stands in its place.
std::string restored_copy(const std::string& path);

}  // namespace salam::store
