#include "tests/unit/paper/deck.h"

#include <stdexcept>

namespace salam::paper {
namespace {

std::string folder_of(const std::string& part) { return part.substr(0, part.rfind('/') + 1); }

}  // namespace

std::string relationships_of(const std::string& part) {
  const auto folder = folder_of(part);
  return folder + "_rels/" + part.substr(folder.size()) + ".rels";
}

Deck::Deck(std::string_view pptx) : files_(unzipped(pptx).value()) {}

std::vector<std::string> Deck::names() const {
  std::vector<std::string> names;
  for (const auto& [name, content] : files_) names.push_back(name);
  return names;
}

std::unique_ptr<pugi::xml_document> Deck::xml(const std::string& name) const {
  auto document = std::make_unique<pugi::xml_document>();
  if (!document->load_string(file(name).c_str())) throw std::runtime_error(name + " is not well-formed");
  return document;
}

std::string Deck::target(const std::string& part, const std::string& id) const {
  const auto list = relationships_of(part);
  if (!has(list)) return "";
  const auto document = xml(list);
  const auto found = document->child("Relationships").find_child_by_attribute("Id", id.c_str());
  std::string target = found.attribute("Target").value();
  if (target.starts_with('/')) return target.substr(1);
  auto folder = folder_of(part);
  for (; target.starts_with("../"); target.erase(0, 3)) folder = folder_of(folder.substr(0, folder.size() - 1));
  return folder + target;
}

std::vector<std::string> Deck::slides() const {
  const std::string presentation = "ppt/presentation.xml";
  const auto document = xml(presentation);
  std::vector<std::string> parts;
  for (const auto& slide : document->child("p:presentation").child("p:sldIdLst").children())
    parts.push_back(target(presentation, slide.attribute("r:id").value()));
  return parts;
}

std::string Deck::text(std::size_t slide) const {
  const auto document = xml(slides().at(slide - 1));
  std::string text;
  for (const auto& paragraph : document->select_nodes("//a:p")) {
    for (const auto& run : paragraph.node().select_nodes(".//a:t")) text += run.node().child_value();
    text += '\n';
  }
  return text;
}

std::string Deck::chart(std::string_view name) const {
  for (const auto& slide : slides()) {
    const auto document = xml(slide);
    for (const auto& frame : document->select_nodes("//p:graphicFrame")) {
      if (frame.node().select_node(".//p:cNvPr").node().attribute("name").value() == name)
        return target(slide, frame.node().select_node(".//c:chart").node().attribute("r:id").value());
    }
  }
  return "";
}

Deck& Deck::replace(const std::string& name, const std::string& from, const std::string& to) {
  auto& content = files_.at(name);
  const auto at = content.find(from);
  if (at == std::string::npos) throw std::runtime_error("no " + from + " in " + name);
  content.replace(at, from.size(), to);
  return *this;
}

Deck& Deck::put(const std::string& name, std::string content) {
  files_[name] = std::move(content);
  return *this;
}

Deck& Deck::remove(const std::string& name) {
  files_.erase(name);
  return *this;
}

std::string Deck::packed() const { return zipped(files_, "[Content_Types].xml", no_results().made_at); }

reports::Tally tally(std::int64_t in_time, std::int64_t late, std::int64_t waiting, std::int64_t overdue, std::int64_t withdrawn) {
  return {.all = in_time + late + waiting + overdue + withdrawn,
          .answered_in_time = in_time,
          .answered_late = late,
          .waiting = waiting,
          .overdue = overdue,
          .withdrawn = withdrawn};
}

reports::Results no_results(std::string mosque) {
  using namespace std::chrono;
  return {.meeting = {.id = "m", .region = Region::from_number(5).value(), .mosque = std::move(mosque), .date = 2026y / November / 24d},
          .made_at = sys_days(2027y / February / 20d),
          .all = {}};
}

reports::Results many_results() {
  auto results = no_results("مسجد امام حسن عسکری (ع) در خیابان چهارباغ بالا، روبروی پارک شهید رجایی");
  results.all = tally(287, 52, 31, 18, 12);
  results.told = 395;
  results.registered137 = 341;
  results.registered_desk = 47;
  std::int64_t size = 90;
  for (const auto* const name : {"آسفالت و لکه‌گیری معابر فرعی و اصلی محله", "فضای سبز", "روشنایی",
                                 "پسماند", "سد معبر", "ترافیک", "ساخت و ساز", "اشتغال", "حفاری", "سایر"}) {
    results.by_subject[name] = tally(size, 5, 3, 1, 1);
    results.by_unit[std::string("معاونت ") + name] = tally(size, 5, 3, 1, 1);
    size -= 9;
  }
  return results;
}

}  // namespace salam::paper
