#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "gateway/domain/result.h"
#include "gateway/domain/time.h"

namespace salam::paper {

/// From one part of a package to another (ECMA-376 part 2, 9.3).
struct Relationship {
  std::string id;
  std::string type;
  std::string target;  ///< The other part's name; where `external`, an address.
  bool external = false;

  /// The last word of its type, such as `slideLayout`.
  [[nodiscard]] std::string_view kind() const;
};

/// A file of Office Open XML, such as a presentation, as its parts by name: `ppt/slides/slide1.xml`. A value, held in memory.
class Package {
 public:
  /// Errors: `package_invalid`: no zip, larger than 32 MiB, unpacked larger than 64 MiB, or 8 MiB for a part of XML; a part or content
  /// type missing; XML that is not well-formed, has a document type or nests too deep; macros.
  static Result<Package> read(std::string_view zip);
  /// The file anew, the same for the same parts and time. Throws std::runtime_error where memory does not suffice.
  [[nodiscard]] std::string write(Timestamp made_at) const;

  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::string content_type(std::string_view name) const;
  [[nodiscard]] bool is_xml(std::string_view name) const;
  void put(const std::string& name, std::string content, const std::string& content_type);
  void set_content_type(const std::string& name, const std::string& content_type) { types_[name] = content_type; }

  /// A part that is there and is XML.
  [[nodiscard]] std::unique_ptr<pugi::xml_document> xml(std::string_view name) const;
  void set_xml(const std::string& name, const pugi::xml_document& document);

  /// From the part, or from the package itself where the name is empty.
  [[nodiscard]] std::vector<Relationship> relationships(std::string_view name) const;
  void set_relationships(std::string_view name, const std::vector<Relationship>& relationships);
  /// Leaves out the parts that nothing leads to any more.
  void drop_unreachable();

 private:
  [[nodiscard]] std::string wrong_parts() const;
  [[nodiscard]] std::string dangling() const;

  std::map<std::string, std::string, std::less<>> parts_;  ///< Relationships too, without the list of content types.
  std::map<std::string, std::string, std::less<>> types_;  ///< Of each part.
};

}  // namespace salam::paper
