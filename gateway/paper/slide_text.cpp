#include "gateway/paper/slide_text.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "gateway/domain/text.h"

namespace salam::paper {
namespace {

constexpr std::string_view open_mark = "{{";
constexpr std::string_view close_mark = "}}";

bool is_named(const pugi::xml_node& node, std::string_view name) { return node.name() == name; }

class Paragraphs : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node& node) override {
    if (is_named(node, "a:p")) found_.push_back(node);
    return true;
  }
  [[nodiscard]] const std::vector<pugi::xml_node>& found() const { return found_; }

 private:
  std::vector<pugi::xml_node> found_;
};

std::vector<pugi::xml_node> paragraphs_of(pugi::xml_node part) {
  Paragraphs paragraphs;
  part.traverse(paragraphs);
  return paragraphs.found();
}

std::string text_of(const pugi::xml_node& element) {
  std::string text;
  for (const auto& child : element.children()) text += child.value();
  return text;
}

/// A run's `a:t`; nothing where it holds more than text, which no editor writes.
pugi::xml_node text_element_of(const pugi::xml_node& run) {
  const auto element = run.child("a:t");
  const auto children = element.children();
  const bool plain = std::ranges::none_of(children, [](const auto& child) { return child.type() == pugi::node_element; });
  return plain ? element : pugi::xml_node();
}

/// A paragraph's text as it stands in its runs, one after the other; a line break is a piece of its own without an element.
struct Line {
  struct Piece {
    pugi::xml_node element;  ///< `a:t`.
    std::size_t begin;
    std::string text;
  };
  std::vector<Piece> pieces;
  std::string text;
};

Line line_of(const pugi::xml_node& paragraph) {
  Line line;
  for (const auto& child : paragraph.children()) {
    const auto element = text_element_of(child);
    auto text = is_named(child, "a:br") ? "\n" : text_of(element);
    line.pieces.push_back({element, line.text.size(), text});
    line.text += text;
  }
  return line;
}

struct Placeholder {
  std::string name;  ///< Empty where it is not closed.
  std::size_t begin;
  std::size_t end;
};

std::vector<Placeholder> find_in(std::string_view text) {
  std::vector<Placeholder> found;
  for (auto at = text.find(open_mark); at != std::string_view::npos; at = text.find(open_mark, found.back().end)) {
    const auto close = text.find(close_mark, at);
    if (close == std::string_view::npos || close > text.find('\n', at)) {
      found.push_back({"", at, text.size()});
    } else {
      // Editors of text from right to left leave marks of direction in it.
      found.push_back({normalise(text.substr(at + open_mark.size(), close - at - open_mark.size())), at, close + close_mark.size()});
    }
  }
  return found;
}

void replace(Line& line, const Placeholder& placeholder, const std::string& value) {
  for (auto& [element, begin, text] : line.pieces) {
    const auto from = std::max(placeholder.begin, begin);
    const auto to = std::min(placeholder.end, begin + text.size());
    if (from >= to) continue;
    text.replace(from - begin, to - from, from == placeholder.begin ? value : "");
  }
}

bool fill(const pugi::xml_node& paragraph, const SlideTexts& texts) {
  auto line = line_of(paragraph);
  auto found = find_in(line.text);
  std::ranges::reverse(found);
  for (const auto& placeholder : found) replace(line, placeholder, texts.at(placeholder.name));
  if (found.empty()) return false;
  for (auto& [element, begin, text] : line.pieces) {
    if (!element) continue;
    element.remove_children();
    element.append_child(pugi::node_pcdata).set_value(text.c_str());
  }
  return true;
}

pugi::xml_node shape_of(pugi::xml_node node) {
  while (node && !is_named(node, "p:sp")) node = node.parent();
  return node;
}

constexpr double emu_per_point = 12'700;
constexpr double inset = 14.4;  // On both sides together, where a body says nothing of it.
constexpr double title_size = 44;
constexpr double other_size = 32;

Box box_of(const pugi::xml_node& shape, const InheritedBox& inherited) {
  const auto extent = shape.child("p:spPr").child("a:xfrm").child("a:ext");
  if (!extent) return inherited(shape);
  return {extent.attribute("cx").as_double() / emu_per_point, extent.attribute("cy").as_double() / emu_per_point};
}

double size_of(const pugi::xml_node& paragraph, double fallback) {
  double size = 0;
  for (const auto& run : paragraph.children("a:r")) size = std::max(size, run.child("a:rPr").attribute("sz").as_double() / 100);
  return size > 0 ? size : fallback;
}

/// How high the text stands at that scale, by the width of a wide letter.
double height_of(const pugi::xml_node& body, double width, double scale, double fallback) {
  constexpr double letter = 0.62;
  constexpr double line_height = 1.25;
  double height = 0;
  for (const auto& paragraph : body.children("a:p")) {
    const auto size = size_of(paragraph, fallback) * scale;
    const auto letters = static_cast<double>(length(line_of(paragraph).text));
    const auto before = paragraph.child("a:pPr").child("a:spcBef").child("a:spcPts").attribute("val").as_double() / 100;
    height += std::max(1.0, std::ceil(letters * size * letter / width)) * size * line_height + before * scale;
  }
  return height;
}

void set_scale(pugi::xml_node properties, double scale) {
  for (const auto* const name : {"a:noAutofit", "a:spAutoFit", "a:normAutofit"}) properties.remove_child(name);
  const auto warp = properties.child("a:prstTxWarp");
  auto fit = warp ? properties.insert_child_after("a:normAutofit", warp) : properties.prepend_child("a:normAutofit");
  fit.append_attribute("fontScale") = static_cast<int>(std::lround(scale * 100)) * 1'000;
}

void fit(const pugi::xml_node& shape, const InheritedBox& inherited) {
  constexpr double step = 0.05;
  constexpr double smallest = 0.3;
  const auto box = box_of(shape, inherited);
  const auto body = shape.child("p:txBody");
  const std::string_view type = shape.child("p:nvSpPr").child("p:nvPr").child("p:ph").attribute("type").value();
  const auto fallback = type == "title" || type == "ctrTitle" ? title_size : other_size;
  if (box.width <= inset || box.height <= inset) return;
  double scale = 1;
  while (scale > smallest && height_of(body, box.width - inset, scale, fallback) > box.height) scale -= step;
  if (scale < 1) set_scale(body.child("a:bodyPr"), scale);
}

}  // namespace

Result<std::vector<std::string>> placeholders_in(const pugi::xml_node& part) {
  std::vector<std::string> names;
  for (const auto& paragraph : paragraphs_of(part)) {
    const auto line = line_of(paragraph);
    for (auto& [name, begin, end] : find_in(line.text)) {
      if (name.empty()) return Error{"template_invalid", "a {{ is not closed by }}, or has no name: " + shortened(line.text, 60)};
      names.push_back(std::move(name));
    }
  }
  return names;
}

void fill_texts(const pugi::xml_node& part, const SlideTexts& texts, const InheritedBox& inherited) {
  std::vector<pugi::xml_node> shapes;
  for (const auto& paragraph : paragraphs_of(part)) {
    if (!fill(paragraph, texts)) continue;
    const auto shape = shape_of(paragraph);
    if (shape && (shapes.empty() || shapes.back() != shape)) shapes.push_back(shape);
  }
  for (const auto& shape : shapes) fit(shape, inherited);
}

}  // namespace salam::paper
