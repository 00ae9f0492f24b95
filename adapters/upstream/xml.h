#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <pugixml.hpp>

#include "gateway/domain/result.h"

/// XML 1.0 from outside, read without trusting it.
namespace salam::upstream::xml {

struct Limits {
  std::size_t max_bytes = 2 * 1024 * 1024;
  std::size_t max_depth = 32;  ///< Of elements in each other.
};

/// The body of a reply with that content type, without a byte order mark, as one document with one root. Refused with `xml_invalid` and a
/// sentence: what is not well-formed, a document type (so no entities but the five that XML has), characters that XML forbids, plain or as
/// references, text in another charset than UTF-8, and whatever passes a limit.
Result<std::unique_ptr<pugi::xml_document>> parse(std::string_view body, std::string_view content_type, const Limits& limits = {});

/// The text right inside an element, CDATA included.
std::string text_of(const pugi::xml_node& element);

/// Whether there are elements right inside it.
bool has_elements(const pugi::xml_node& element);

}  // namespace salam::upstream::xml
