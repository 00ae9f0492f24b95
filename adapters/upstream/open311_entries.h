#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http_client/client.h"
#include "gateway/domain/result.h"

/// An Open311 reply's entries (receipts, errors, requests, services), read without trusting it.
namespace salam::upstream {

/// One entry: its fields by JSON Pointer (RFC 6901).
class Entry {
 public:
  enum class Kind : std::uint8_t {
    nothing,  ///< `null`.
    text,     ///< A string or a whole number.
    other,    ///< Anything else, such as a list or `true`.
  };

  void add(std::string pointer, Kind kind, std::string text) { fields_.emplace_back(std::move(pointer), Value{kind, std::move(text)}); }
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
  bool skips_others = false;  ///< What is no entry is left out; else a list with such a thing counts as unreadable.
};

/// A list, one entry in place of it, or either of them inside a container of one of the names. Errors: `reply_unreadable`.
Result<std::vector<Entry>> read_entries(const http_client::Response& response, const ListNames& names);

}  // namespace salam::upstream
