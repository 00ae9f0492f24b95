#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <pugixml.hpp>

#include "gateway/domain/result.h"

namespace salam::paper {

/// What stands for a `{{name}}`, by name; only characters that XML 1.0 can hold (2.2).
using SlideTexts = std::map<std::string, std::string, std::less<>>;

/// The names of all placeholders in a part's paragraphs, also where an editor has cut one into several runs. Errors: `template_invalid`
/// for a `{{` that no `}}` closes in its line.
Result<std::vector<std::string>> placeholders_in(const pugi::xml_node& part);

/// Width and height in points.
struct Box {
  double width = 0;
  double height = 0;
};
/// The box of a shape that states none itself.
using InheritedBox = std::function<Box(const pugi::xml_node& shape)>;

/// Every placeholder takes the format of its first character. Where a shape's text would then no longer fit into its box it is made
/// smaller, as PowerPoint does when one types (`a:normAutofit`, ECMA-376 part 1, 21.1.2.1.3).
void fill_texts(const pugi::xml_node& part, const SlideTexts& texts, const InheritedBox& inherited);

}  // namespace salam::paper
