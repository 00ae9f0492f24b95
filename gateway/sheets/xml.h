#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "gateway/sheets/archive.h"

namespace salam::sheets {

/// An element's attributes: names without prefix, and values.
class Attributes {
 public:
  explicit Attributes(const char** pairs) : pairs_(pairs) {}
  /// Nothing where there is none of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  /// Empty where there is none.
  [[nodiscard]] std::string_view operator[](std::string_view name) const { return find(name).value_or(""); }

 private:
  const char** pairs_;
};

/// What a part of the file holds, as it is read. Names come without prefix: the elements that are asked for have none of that name in other
/// vocabularies.
class Elements {
 public:
  virtual ~Elements() = default;
  virtual void begin(std::string_view name, const Attributes& attributes) = 0;
  virtual void end(std::string_view) {}
  virtual void text(std::string_view) {}
  /// Set to stop reading.
  std::optional<Error> error;
};

/// Reads a part as XML without a document type. Errors: those of `Archive::unpack`, and what `elements` says.
Result<void> read_xml(Archive& archive, std::string_view part, Elements& elements);

}  // namespace salam::sheets
