#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/node.h"

/// Configuration: a TOML file, overridden by the environment. Rooms own their settings; whoever fills them asks a `Section` for each value,
/// and all that is wrong is collected, so that the operator sees it at once.
namespace salam::config {

/// One thing that is wrong.
struct Problem {
  std::string file;  ///< The file's name, or `environment`.
  int line = 0;      ///< 0 where there is none.
  std::string key;   ///< `http.listen`; the variable's name for the environment; empty for the file as a whole.
  std::string reason;

  /// `gateway.toml:12: http.listen: must be …`.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Problem&, const Problem&) = default;
};

/// The whole file; nothing where it cannot be read.
std::optional<std::string> read_file(const std::filesystem::path& path);

using Environment = std::map<std::string, std::string, std::less<>>;
/// The process's variables that begin with `SALAM_`, without those named: they are no settings.
Environment process_environment(const std::set<std::string, std::less<>>& no_settings);

struct State;

/// One table of the file, by whatever name it stands there; an absent table is an empty one. Every getter notes the key as known, takes the
/// environment's value (`SALAM_HTTP_LISTEN` for `http.listen`) before the file's, and where the value is wrong notes the problem and
/// answers the fallback.
class Section {
 public:
  /// Whether file or environment give a value.
  [[nodiscard]] bool has(std::string_view key) const;

  std::string string(std::string_view key, std::string_view fallback);
  std::string required_string(std::string_view key);
  std::optional<std::string> optional_string(std::string_view key);
  /// One of the words in `allowed`.
  std::string choice(std::string_view key, std::string_view fallback, const std::vector<std::string_view>& allowed);
  /// A path; where relative, from the folder of the file.
  std::string path(std::string_view key, std::string_view fallback);
  std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t most);
  double number(std::string_view key, double fallback, double least, double most);
  bool boolean(std::string_view key, bool fallback);
  /// `500ms`, `30s`, `5m`, `2h`, `7d`.
  std::chrono::milliseconds duration(std::string_view key, std::chrono::milliseconds fallback, std::chrono::milliseconds least,
                                     std::chrono::milliseconds most);
  std::optional<std::chrono::milliseconds> optional_duration(std::string_view key, std::chrono::milliseconds least,
                                                             std::chrono::milliseconds most);
  /// A list of strings; in the environment with commas between them.
  std::vector<std::string> strings(std::string_view key, std::vector<std::string> fallback = {});

  /// `<key>` itself or the content of the file that `<key>_file` names, without blanks at its end; empty where neither stands. Never
  /// printed.
  std::string secret(std::string_view key);
  std::string required_secret(std::string_view key);

  /// A table within this one.
  Section table(std::string_view key);
  /// The tables of `[[key]]`, in order. The environment cannot override them.
  std::vector<Section> tables(std::string_view key);
  /// A table of free names, scalars as text; `<name>_file` reads the name's value from a file. Values whose name speaks of a secret are
  /// never printed.
  std::map<std::string, std::string> string_table(std::string_view key);
  /// The names that stand in this table, whatever they are.
  [[nodiscard]] std::vector<std::string> keys() const;

  /// Notes what only the owner of the value can find wrong. An empty key means the table itself.
  void wrong(std::string_view key, std::string_view reason);

 private:
  friend class Reader;
  Section(std::shared_ptr<State> state, const Node* table, std::string path)
      : state_(std::move(state)), table_(table), path_(std::move(path)) {}

  [[nodiscard]] const Node* in_file(std::string_view key) const;
  [[nodiscard]] std::string full(std::string_view key) const;
  [[nodiscard]] std::string variable(std::string_view key) const;
  [[nodiscard]] std::optional<Node> look_up(std::string_view key);
  std::optional<std::string> text(std::string_view key);
  void show(std::string_view key, std::string literal);
  std::string read_secret_file(std::string_view key, const std::string& name);

  std::shared_ptr<State> state_;
  const Node* table_;
  std::string path_;
};

class Reader {
 public:
  /// `file` names the document in problems; relative paths start from its folder.
  Reader(std::string file, std::string_view toml, Environment environment);
  /// A file that cannot be read is the one problem. No name: the environment alone.
  static Reader from_file(const std::string& file, Environment environment);

  Section root();
  /// All that is wrong, in the order of the file. Call it when every section has been read: what nobody asked for is unknown, and an error.
  [[nodiscard]] std::vector<Problem> problems() const;
  /// What is in force, as TOML, each value with where it comes from, secrets redacted.
  [[nodiscard]] std::string effective() const;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace salam::config
