#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "adapters/upstream/follow_up_words.h"
#include "adapters/upstream/placeholders.h"
#include "adapters/upstream/reply_body.h"
#include "gateway/domain/result.h"

/// What the readers of the drivers' files share.
namespace salam::upstream {

/// What is wrong, thrown between `MappingTable` and `read_mapping_file` only: a reader of nested tables has no better way out.
struct InvalidMapping {
  std::string key;
  std::string reason;
};

/// A value in a table of codes.
struct MappingCode {
  std::string text;
  bool is_number = false;
};

/// One table of a driver's file, which remembers what was asked of it. Every reader throws `InvalidMapping` where the value is missing and
/// there is no fallback, or where it is not what the reader is for.
class MappingTable {
 public:
  MappingTable(const toml::table& table, std::string path) : table_(table), path_(std::move(path)) {}

  [[nodiscard]] std::string key(std::string_view name) const;
  [[noreturn]] void fail(std::string_view name, std::string reason) const { throw InvalidMapping{key(name), std::move(reason)}; }
  [[nodiscard]] bool has(std::string_view name) const { return table_.contains(name); }

  std::string text(std::string_view name, std::optional<std::string> fallback = std::nullopt);
  /// Where absent, an empty path.
  ReplyPath path(std::string_view name, ReplyFormat format);
  ReplyPath needed_path(std::string_view name, ReplyFormat format);
  /// False where absent.
  bool flag(std::string_view name);
  std::size_t count(std::string_view name, std::size_t fallback, std::int64_t least, std::int64_t most);
  std::vector<std::string> texts(std::string_view name);
  std::vector<int> statuses(std::string_view name = "statuses");
  /// Of a table of free names, one line each.
  std::vector<std::pair<std::string, Template>> templates(std::string_view name, Escape escape, const Scope& scope = {});
  [[nodiscard]] Template parsed(std::string_view name, std::string_view text, Escape escape, const Scope& scope = {}) const;
  /// All of this table: name and value, which is a string or a whole number.
  std::vector<std::pair<std::string, MappingCode>> codes();
  MappingTable table(std::string_view name);
  std::vector<MappingTable> tables(std::string_view name);

  /// To be called when all has been asked for: what is left is misspelt.
  void nothing_else() const;

 private:
  const toml::node* find(std::string_view name);
  void each(std::string_view name, const std::string& what, const std::function<bool(const toml::node&)>& take);

  const toml::table& table_;
  std::string path_;
  std::set<std::string> asked_;
};

/// Errors: `mapping_invalid` with file, key or line, and reason.
template <class Read>
auto read_mapping_file(std::string_view text, std::string_view file, const Read& read)
    -> Result<decltype(read(std::declval<MappingTable>()))> {
  const auto invalid = [&](std::string_view what) { return Error{"mapping_invalid", std::string(file) + ": " + std::string(what)}; };
  try {
    const auto root = toml::parse(text);
    return read(MappingTable(root, ""));
  } catch (const toml::parse_error& error) {
    return invalid("line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
  } catch (const InvalidMapping& error) {
    return invalid(error.key + " " + error.reason);
  }
}

/// The table of a system's own words for a status: `open = ["…"]` and so on for each progress, `needs_person` for what it declines.
FollowUpWords read_follow_up_words(MappingTable table);

}  // namespace salam::upstream
