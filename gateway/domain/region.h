#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace salam {

/// One of Isfahan's 16: districts 1 to 15 and Nazhvan.
class Region {
 public:
  static constexpr int nazhvan_number = 16;

  static std::optional<Region> from_number(int number);
  /// Reads `"1"`…`"15"`, Persian digits, `منطقه ۵`, `nazhvan`, `ناژوان`; nothing for anything else (`"16"` too: Nazhvan is named, not
  /// numbered).
  static std::optional<Region> parse(std::string_view text);

  /// 1–15, or 16 for Nazhvan: what the store keeps.
  [[nodiscard]] int number() const noexcept { return number_; }
  /// On the wire: `"1"`…`"15"`, `"nazhvan"`.
  [[nodiscard]] std::string wire() const;
  /// For people: `منطقه ۵`, `ناژوان`.
  [[nodiscard]] std::string name() const;

  friend auto operator<=>(const Region&, const Region&) = default;

 private:
  explicit Region(int number) : number_(number) {}
  int number_;
};

}  // namespace salam
