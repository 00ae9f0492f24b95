#include "tests/power_loss/disk.h"

#include <algorithm>
#include <fstream>
#include <string_view>
#include <utility>

namespace salam::power_loss {
namespace {

constexpr std::size_t sector = 512;

void put(std::string& file, std::size_t offset, std::string_view data) {
  if (file.size() < offset + data.size()) file.resize(offset + data.size());
  file.replace(offset, data.size(), data);
}

bool heads(Chance& chance) { return (chance() & 1) != 0; }

}  // namespace

void Disk::State::apply(const Operation& operation) {
  switch (operation.kind) {
    case Operation::Kind::create:
      files.resize(std::max(files.size(), operation.file + 1));
      names[operation.text] = operation.file;
      return;
    case Operation::Kind::remove:
      names.erase(operation.text);
      return;
    case Operation::Kind::write:
      return put(files[operation.file], operation.offset, operation.text);
    case Operation::Kind::truncate:
      return files[operation.file].resize(operation.offset);
    case Operation::Kind::sync:
    case Operation::Kind::sync_directory:
      return;
  }
}

/// What is on the platter, and what is still on its way there.
class Disk::Survival {
 public:
  Survival(State state, Flaw flaw) : state_(std::move(state)), flaw_(flaw) {}

  void pass(const Operation& operation) {
    switch (operation.kind) {
      case Operation::Kind::create:
        files_[operation.file].name = operation.text;
        state_.files.resize(std::max(state_.files.size(), operation.file + 1));
        [[fallthrough]];
      case Operation::Kind::remove:
        directory_.push_back(&operation);
        return;
      case Operation::Kind::write:
      case Operation::Kind::truncate:
        files_[operation.file].unsynced.push_back(&operation);
        return;
      case Operation::Kind::sync:
        if (honest(operation.file)) settle(files_[operation.file].unsynced);
        return;
      case Operation::Kind::sync_directory:
        if (flaw_ != Flaw::lies) settle(directory_);
        return;
    }
  }

  State cut(Chance& chance) {
    const auto mood = static_cast<Mood>(chance() % moods);
    for (const auto* operation : directory_) {
      if (survives(mood, chance)) state_.apply(*operation);
    }
    for (auto& [number, file] : files_) {
      for (const auto* operation : file.unsynced) leave(*operation, mood, chance);
    }
    forget_nameless();
    return std::move(state_);
  }

 private:
  /// Most cuts are a coin for each sector; some find the disk idle, or its cache thrown away.
  enum class Mood { nothing, everything, coins, more_coins };
  static constexpr std::uint64_t moods = 4;
  struct File {
    std::string name;
    std::vector<const Operation*> unsynced;
  };

  bool honest(FileNumber file) {
    if (flaw_ == Flaw::lies_about_checkpoints) return files_[file].name.ends_with("-wal") || files_[file].name.ends_with("-journal");
    return flaw_ == Flaw::none;
  }

  void settle(std::vector<const Operation*>& operations) {
    for (const auto* operation : operations) state_.apply(*operation);
    operations.clear();
  }

  void forget_nameless() {
    std::vector<std::string> files(state_.files.size());
    for (const auto& [name, number] : state_.names) files[number] = std::move(state_.files[number]);
    state_.files = std::move(files);
  }

  static bool survives(Mood mood, Chance& chance) { return mood == Mood::everything || (mood != Mood::nothing && heads(chance)); }

  void leave(const Operation& operation, Mood mood, Chance& chance) {
    if (operation.kind == Operation::Kind::truncate) {
      if (survives(mood, chance)) state_.apply(operation);
      return;
    }
    for (std::size_t done = 0; done < operation.text.size();) {
      const auto offset = operation.offset + done;
      const auto piece = std::min(sector - offset % sector, operation.text.size() - done);
      leave_sector(operation.file, offset, std::string_view(operation.text).substr(done, piece), mood, chance);
      done += piece;
    }
  }

  void leave_sector(FileNumber number, std::size_t offset, std::string_view data, Mood mood, Chance& chance) {
    constexpr std::uint64_t torn_one_in = 16;
    auto& file = state_.files[number];
    if (survives(mood, chance)) {
      const bool torn = mood != Mood::everything && chance() % torn_one_in == 0;
      put(file, offset, torn ? data.substr(0, chance() % data.size()) : data);
    } else if (mood != Mood::nothing && offset + data.size() > file.size() && heads(chance)) {
      file.resize(offset + data.size());  // The size came through, the data did not.
    }
  }

  State state_;
  Flaw flaw_;
  std::map<FileNumber, File> files_;
  std::vector<const Operation*> directory_;
};

Disk Disk::after_power_loss(Position at, Flaw flaw, Chance& chance) const {
  const std::lock_guard lock(mutex_);
  Survival survival(base_, flaw);
  for (Position passed = 0; passed < at; ++passed) survival.pass(journal_[passed]);
  return {survival.cut(chance), {}};
}

Disk Disk::after_kill(Position at) const {
  const std::lock_guard lock(mutex_);
  return {base_, {journal_.begin(), journal_.begin() + static_cast<std::ptrdiff_t>(at)}};
}

Disk::Disk(State base, std::vector<Operation> journal) : base_(std::move(base)), journal_(std::move(journal)), now_(base_) {
  for (const auto& operation : journal_) now_.apply(operation);
}

void Disk::perform(Operation operation) {
  now_.apply(operation);
  journal_.push_back(std::move(operation));
}

std::optional<FileNumber> Disk::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = now_.names.find(name);
  return found == now_.names.end() ? std::nullopt : std::optional(found->second);
}

FileNumber Disk::create(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto file = now_.files.size();
  perform({.kind = Operation::Kind::create, .file = file, .text = name});
  return file;
}

bool Disk::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (!now_.names.contains(name)) return false;
  perform({.kind = Operation::Kind::remove, .text = name});
  return true;
}

void Disk::write(FileNumber file, std::size_t offset, std::string data) {
  const std::lock_guard lock(mutex_);
  perform({.kind = Operation::Kind::write, .file = file, .offset = offset, .text = std::move(data)});
}

void Disk::truncate(FileNumber file, std::size_t size) {
  const std::lock_guard lock(mutex_);
  perform({.kind = Operation::Kind::truncate, .file = file, .offset = size});
}

void Disk::sync(FileNumber file) {
  const std::lock_guard lock(mutex_);
  perform({.kind = Operation::Kind::sync, .file = file});
}

void Disk::sync_directory() {
  const std::lock_guard lock(mutex_);
  perform({.kind = Operation::Kind::sync_directory});
}

std::size_t Disk::read(FileNumber file, std::size_t offset, std::span<char> to) const {
  const std::lock_guard lock(mutex_);
  const auto& text = now_.files[file];
  return offset < text.size() ? text.copy(to.data(), to.size(), offset) : 0;
}

std::size_t Disk::size(FileNumber file) const {
  const std::lock_guard lock(mutex_);
  return now_.files[file].size();
}

std::size_t Disk::size(const std::string& name) const {
  const auto file = find(name);
  return file ? size(*file) : 0;
}

Disk::Position Disk::position() const {
  const std::lock_guard lock(mutex_);
  return journal_.size();
}

void Disk::save(const std::filesystem::path& folder) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, file] : now_.names) {
    std::ofstream(folder / std::filesystem::path(name).filename(), std::ios::binary) << now_.files[file];
  }
}

}  // namespace salam::power_loss
