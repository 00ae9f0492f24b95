#include "gateway/paper/slide_template.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <set>

#include "gateway/paper/standard_slides.h"

namespace salam::paper {
namespace {

constexpr const char* presentation_type = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml";
constexpr const char* workbook_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr const char* package_relationship = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package";
constexpr std::string_view chart_prefix = "chart:";
constexpr double emu_per_point = 12'700;

Error invalid(std::string why) { return {"template_invalid", std::move(why)}; }

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string in_braces(std::string_view name) { return "{{" + std::string(name) + "}}"; }

std::vector<pugi::xml_node> all_named(const pugi::xml_node& root, std::string_view name) {
  std::vector<pugi::xml_node> found;
  for (const auto& one : root.select_nodes("//*")) {
    if (one.node().name() == name) found.push_back(one.node());
  }
  return found;
}

std::string target_of(const std::vector<Relationship>& relationships, std::string_view id) {
  const auto found = std::ranges::find(relationships, id, &Relationship::id);
  return found == relationships.end() || found->external ? "" : found->target;
}

std::string first_of_kind(const Package& package, std::string_view from, std::string_view kind) {
  const auto relationships = package.relationships(from);
  const auto found = std::ranges::find(relationships, kind, &Relationship::kind);
  return found == relationships.end() || found->external ? "" : found->target;
}

/// `chart:by_unit`, as a frame's name, alternative text or title says; empty where none does.
std::string chart_name_of(const pugi::xml_node& frame) {
  const auto properties = frame.child("p:nvGraphicFramePr").child("p:cNvPr");
  for (const auto* const attribute : {"name", "descr", "title"}) {
    const std::string_view text = properties.attribute(attribute).value();
    if (text.starts_with(chart_prefix)) return std::string(text.substr(0, text.find_first_of(" \t\n")));
  }
  return "";
}

/// Titles and bodies take what a layout or master has for all of their kind.
std::string_view general(std::string_view type) {
  if (type == "ctrTitle") return "title";
  return type.empty() || type == "subTitle" ? "body" : type;
}

pugi::xml_node placeholder_of(const pugi::xml_node& shape) { return shape.child("p:nvSpPr").child("p:nvPr").child("p:ph"); }

/// The links to slides that are gone.
void unlink(Package& deck, const std::string& part, const std::set<std::string>& dropped) {
  auto relationships = deck.relationships(part);
  const auto gone = [&dropped](const auto& one) { return !one.external && dropped.contains(one.target); };
  std::set<std::string, std::less<>> ids;
  for (const auto& one : relationships) {
    if (gone(one)) ids.insert(one.id);
  }
  if (ids.empty()) return;
  const auto document = deck.xml(part);
  auto links = document->select_nodes("//*[@r:id]");
  links.sort(true);  // What stands inside another goes first.
  for (const auto& one : links) {
    if (ids.contains(one.node().attribute("r:id").value())) one.parent().remove_child(one.node());
  }
  deck.set_xml(part, *document);
  std::erase_if(relationships, gone);
  deck.set_relationships(part, relationships);
}

/// Sections list slides too, by their number.
void drop_slides(Package& deck, const std::string& presentation, const std::set<std::string>& dropped) {
  const auto document = deck.xml(presentation);
  const auto relationships = deck.relationships(presentation);
  std::set<std::string, std::less<>> numbers;
  for (const auto& slide : document->child("p:presentation").child("p:sldIdLst").children()) {
    if (dropped.contains(target_of(relationships, slide.attribute("r:id").value()))) numbers.insert(slide.attribute("id").value());
  }
  for (auto& entry : std::views::reverse(all_named(*document, "p14:sldId"))) {
    if (numbers.contains(entry.attribute("id").value())) entry.parent().remove_child(entry);
  }
  deck.set_xml(presentation, *document);
  for (const auto& name : deck.names()) {
    if (deck.is_xml(name) && !dropped.contains(name)) unlink(deck, name, dropped);
  }
}

void put_chart(Package& deck, const std::string& part, const ChartData& data, std::string workbook) {
  constexpr const char* id = "workbook";
  const auto document = deck.xml(part);
  auto chart = document->child("c:chartSpace");
  auto relationships = deck.relationships(part);
  const std::string former = chart.child("c:externalData").attribute("r:id").value();
  std::erase_if(relationships, [&](const auto& one) { return one.id == former || one.id == id; });
  const auto workbook_part = part.substr(0, part.rfind('.')) + ".xlsx";
  relationships.push_back({.id = id, .type = package_relationship, .target = workbook_part});
  fill_chart(chart, data, id);
  deck.set_xml(part, *document);
  deck.set_relationships(part, relationships);
  deck.put(workbook_part, std::move(workbook), workbook_type);
}

}  // namespace

/// Reads a template and remembers what is wrong with it.
class SlideTemplate::Reader {
 public:
  explicit Reader(Package package) : package_(std::move(package)) {}

  Result<SlideTemplate> read() {
    read_.presentation_ = first_of_kind(package_, "", "officeDocument");
    if (!is_presentation()) return invalid("is no PowerPoint presentation (.pptx, in its usual form, not as Strict Open XML)");
    read_slides();
    read_placeholders();
    if (auto problem = first_problem()) return invalid(std::move(*problem));
    read_.package_ = std::make_shared<const Package>(std::move(package_));
    return std::move(read_);
  }

 private:
  bool is_presentation() const {
    static constexpr std::array<std::string_view, 3> kinds{"presentation", "template", "slideshow"};
    const auto type = package_.content_type(read_.presentation_);
    return std::ranges::any_of(kinds, [&type](std::string_view kind) {
      return type == "application/vnd.openxmlformats-officedocument.presentationml." + std::string(kind) + ".main+xml";
    });
  }

  void read_slides() {
    const auto document = package_.xml(read_.presentation_);
    const auto relationships = package_.relationships(read_.presentation_);
    for (const auto& entry : document->child("p:presentation").child("p:sldIdLst").children("p:sldId")) {
      const auto part = target_of(relationships, entry.attribute("r:id").value());
      if (!package_.is_xml(part)) {
        problems_.push_back("a slide is missing");
        continue;
      }
      read_.slides_.push_back({.part = part, .placeholders = {}, .charts = {}});
      read_charts(read_.slides_.back());
    }
  }

  void read_charts(Slide& slide) {
    const auto document = package_.xml(slide.part);
    for (const auto& frame : all_named(*document, "p:graphicFrame")) {
      const auto name = chart_name_of(frame);
      if (name.empty()) continue;
      const auto known = std::ranges::find(known_charts(), name, &KnownChart::name);
      if (known == known_charts().end()) {
        unknown_.push_back(name + where(slide.part));
        continue;
      }
      seen_.insert(name);
      const std::string id = frame.child("a:graphic").child("a:graphicData").child("c:chart").attribute("r:id").value();
      const auto part = target_of(package_.relationships(slide.part), id);
      const auto series = package_.is_xml(part) ? series_in(package_.xml(part)->child("c:chartSpace")) : 0;
      if (series < known->series) {
        problems_.push_back(name + where(slide.part) + " must be a chart of bars, columns, lines or slices with at least " +
                            std::to_string(known->series) + " series of numbers, and has " + std::to_string(series));
      }
      slide.charts.push_back({&*known, part});
    }
  }

  void read_placeholders() {
    for (const auto& name : package_.names()) {
      if (!package_.is_xml(name)) continue;
      auto found = placeholders_in(*package_.xml(name));
      if (!found) {
        problems_.push_back(found.error().message + where(name));
        continue;
      }
      if (found->empty()) continue;
      read_.with_placeholders_.push_back(name);
      for (const auto& placeholder : *found) note(placeholder, name);
      const auto slide = std::ranges::find(read_.slides_, name, &Slide::part);
      if (slide != read_.slides_.end()) slide->placeholders = std::move(*found);
    }
  }

  void note(const std::string& placeholder, const std::string& part) {
    const auto known = std::ranges::find(known_placeholders(), placeholder, &KnownPlaceholder::name);
    if (known == known_placeholders().end()) unknown_.push_back(in_braces(placeholder) + where(part));
    seen_.insert(in_braces(placeholder));
  }

  std::string where(const std::string& part) const {
    const auto slide = std::ranges::find(read_.slides_, part, &Slide::part);
    return slide == read_.slides_.end() ? " in " + part : " on slide " + std::to_string(slide - read_.slides_.begin() + 1);
  }

  std::optional<std::string> first_problem() const {
    if (!problems_.empty()) return problems_.front();
    if (!unknown_.empty()) return "unknown: " + joined(unknown_);
    std::vector<std::string> missing;
    for (const auto& [name, required] : known_placeholders()) {
      if (required && !seen_.contains(in_braces(name))) missing.push_back(in_braces(name));
    }
    for (const auto& chart : known_charts()) {
      if (!seen_.contains(std::string(chart.name))) missing.emplace_back(chart.name);
    }
    if (missing.empty()) return std::nullopt;
    return "missing: " + joined(missing);
  }

  Package package_;
  SlideTemplate read_;
  std::set<std::string> seen_;  ///< Placeholders with their braces, and charts.
  std::vector<std::string> unknown_;
  std::vector<std::string> problems_;
};

const SlideTemplate& SlideTemplate::standard() {
  static const SlideTemplate shipped = parse(standard_slides()).value();
  return shipped;
}

Result<SlideTemplate> SlideTemplate::parse(std::string_view pptx) {
  auto package = Package::read(pptx);
  if (!package) return invalid(std::move(package).error().message);
  return Reader(std::move(*package)).read();
}

std::string SlideTemplate::render(const reports::Results& results, const std::string& scratch) const {
  auto deck = *package_;
  deck.set_content_type(presentation_, presentation_type);
  const auto texts = texts_of(results);
  for (const auto& part : with_placeholders_) {
    const auto document = deck.xml(part);
    fill_texts(*document, texts, [&](const pugi::xml_node& shape) { return inherited_box(part, shape); });
    deck.set_xml(part, *document);
  }
  std::set<std::string> dropped;
  for (const auto& slide : slides_) {
    if (!is_shown(slide, results)) {
      dropped.insert(slide.part);
      continue;
    }
    for (const auto& [known, part] : slide.charts) {
      const auto data = known->data(results);
      put_chart(deck, part, data, workbook_of(data, results.made_at, scratch));
    }
  }
  drop_slides(deck, presentation_, dropped);
  deck.drop_unreachable();
  return deck.write(results.made_at);
}

bool SlideTemplate::is_shown(const Slide& slide, const reports::Results& results) {
  return std::ranges::all_of(slide.placeholders, [&](const auto& name) { return fulfilled(name, results); }) &&
         std::ranges::none_of(slide.charts, [&](const auto& chart) { return chart.known->data(results).categories.empty(); });
}

Box SlideTemplate::inherited_box(const std::string& part, const pugi::xml_node& shape) const {
  const auto wanted = placeholder_of(shape);
  if (!wanted) return {};
  const auto layout = first_of_kind(*package_, part, "slideLayout");
  const auto master = first_of_kind(*package_, layout, "slideMaster");
  for (const auto& from : {layout, master}) {
    if (from.empty()) continue;
    const auto document = package_->xml(from);
    for (const auto& candidate : all_named(*document, "p:sp")) {
      const auto offered = placeholder_of(candidate);
      const auto extent = candidate.child("p:spPr").child("a:xfrm").child("a:ext");
      const bool same_index = std::string_view(offered.attribute("idx").value()) == wanted.attribute("idx").value();
      const bool same_type = general(offered.attribute("type").value()) == general(wanted.attribute("type").value());
      if (!offered || !extent || !same_type || (from == layout && !same_index)) continue;
      return {extent.attribute("cx").as_double() / emu_per_point, extent.attribute("cy").as_double() / emu_per_point};
    }
  }
  return {};
}

}  // namespace salam::paper
