#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace salam::power_loss {

using Chance = std::mt19937_64;

/// One of the disk's files, whatever name it has now.
using FileNumber = std::size_t;

/// A file system in memory that keeps a journal of what was asked of it. What a power cut leaves can be had for any point of the journal,
/// afterwards and as often as one likes: a file keeps what was synced; of what was not, each sector of each write may be there or not,
/// or in part; files created or deleted come and go as long as their directory was not synced. Thread-safe.
class Disk {
 public:
  /// A point of the journal: so many operations had come.
  using Position = std::size_t;
  /// A defect that a real disk may have.
  enum class Flaw {
    none,
    lies,                    ///< Says that everything was synced, and does nothing.
    lies_about_checkpoints,  ///< Does so for the database alone, and is honest about the logs beside it.
  };

  Disk() = default;

  std::optional<FileNumber> find(const std::string& name) const;
  FileNumber create(const std::string& name);
  bool remove(const std::string& name);
  void write(FileNumber file, std::size_t offset, std::string data);
  void truncate(FileNumber file, std::size_t size);
  void sync(FileNumber file);
  void sync_directory();
  /// Reads into `to`; returns how much there was.
  std::size_t read(FileNumber file, std::size_t offset, std::span<char> to) const;
  std::size_t size(FileNumber file) const;
  /// 0 where there is no such file.
  std::size_t size(const std::string& name) const;

  Position position() const;
  /// Writes its files into a real folder, for a person to look at.
  void save(const std::filesystem::path& folder) const;

  /// A disk as it may be found after the power failed there.
  Disk after_power_loss(Position at, Flaw flaw, Chance& chance) const;
  /// The disk where only the program was killed there: all that it wrote is still read, and not synced yet.
  Disk after_kill(Position at) const;

 private:
  struct Operation {
    enum class Kind { create, remove, write, truncate, sync, sync_directory };
    Kind kind;
    FileNumber file = 0;
    std::size_t offset = 0;  ///< Or the size of a truncated file.
    std::string text = {};   ///< What is written, or the file's name.
  };
  struct State {
    std::map<std::string, FileNumber> names;
    std::vector<std::string> files;

    void apply(const Operation& operation);
  };
  class Survival;

  Disk(State base, std::vector<Operation> journal);
  void perform(Operation operation);

  State base_;  ///< Before the journal: all of it synced.
  std::vector<Operation> journal_;
  State now_;
  mutable std::mutex mutex_;
};

}  // namespace salam::power_loss
