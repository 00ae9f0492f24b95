#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http_client/client.h"
#include "adapters/upstream/reply_format.h"
#include "gateway/domain/result.h"

/// An Open311 reply's entries (receipts, errors, requests, services), read without trusting it.
namespace salam::upstream {

/// One entry: its fields by JSON Pointer (RFC 6901). In XML, an element is a member; one that stands twice is not relied on.
class Entry {
 public:
  static constexpr std::size_t max_fields = 300;

  enum class Kind : std::uint8_t {
    nothing,  ///< `null`.
    text,     ///< A string or a whole number.
    other,    ///< Anything else, such as a list or `true`.
  };

  void add(std::string pointer, Kind kind, std::string text);
  [[nodiscard]] std::size_t size() const { return fields_.size(); }

  [[nodiscard]] bool has(std::string_view pointer) const { return find(pointer) != nullptr; }
  /// Nothing at all is there (absent, null, blank), as against something that is not trusted.
  [[nodiscard]] bool lacks(std::string_view pointer) const;
  /// As it reads; empty where there is none.
  [[nodiscard]] std::string_view text(std::string_view pointer) const;
  /// A `trusted_code`.
  [[nodiscard]] std::optional<std::string> code(std::string_view pointer) const;

 private:
  struct Value {
    Kind kind;
    std::string text;
  };
  [[nodiscard]] const Value* find(std::string_view pointer) const;

  std::vector<std::pair<std::string, Value>> fields_;
};

/// How a list and what it holds may be called.
struct ListNames {
  std::vector<std::string_view> lists;
  std::vector<std::string_view> entries;
  bool lenient = false;  ///< What is no entry stands as an empty one; else a list with such a thing counts as unreadable.
};

/// A list, or one entry in place of it. In JSON either of them may stand inside a container of one of the names; in XML the root has one of
/// them. Errors: `reply_unreadable`.
Result<std::vector<Entry>> read_entries(const http_client::Response& response, ReplyFormat format, const ListNames& names);

/// The readers behind it.
Result<std::vector<Entry>> read_json_entries(const http_client::Response& response, const ListNames& names);
Result<std::vector<Entry>> read_xml_entries(const http_client::Response& response, const ListNames& names);

}  // namespace salam::upstream
