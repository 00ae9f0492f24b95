#include "gateway/sheets/workbook.h"

#include <algorithm>
#include <map>
#include <utility>

#include "gateway/domain/text.h"
#include "gateway/sheets/xml.h"

namespace salam::sheets {
namespace {

constexpr std::size_t most_sheets = 200;

Error no_workbook() { return {"sheet_type", "این پرونده XLSX نیست؛ آن را در اکسل باز کنید و به صورت xlsx ذخیره کنید."}; }

Error damaged() { return {"sheet_damaged", "پروندهٔ xlsx ناقص است؛ آن را در اکسل باز و دوباره ذخیره کنید."}; }

Error with_macros() {
  return {
      "sheet_type",
      "این پرونده ماکرو دارد و پذیرفته نمی‌شود؛ آن را در اکسل به صورت xlsx، بی ماکرو، ذخیره کنید."};
}

/// Where a relationship leads, from the folder of the part that has it.
std::string resolved(std::string_view folder, std::string_view target) {
  std::string path = target.starts_with('/') ? std::string(target.substr(1)) : std::string(folder).append(target);
  for (auto up = path.find("../"); up != std::string::npos; up = path.find("../")) {
    const auto parent = up < 2 ? std::string::npos : path.rfind('/', up - 2);
    const auto from = parent == std::string::npos ? 0 : parent + 1;
    path.erase(from, up + 3 - from);
  }
  return path;
}

struct Relationship {
  std::string type;  ///< Its last word: `worksheet`.
  std::string target;
};

class Relationships : public Elements {
 public:
  explicit Relationships(std::string folder) : folder_(std::move(folder)) {}

  void begin(std::string_view name, const Attributes& attributes) override {
    if (name != "Relationship" || attributes["TargetMode"] == "External" || by_id.size() > most_sheets * 4) return;
    const auto type = attributes["Type"];
    by_id[std::string(attributes["Id"])] = {.type = std::string(type.substr(type.rfind('/') + 1)),
                                            .target = resolved(folder_, attributes["Target"])};
  }

  [[nodiscard]] std::string target_of(std::string_view type) const {
    const auto found = std::ranges::find_if(by_id, [&](const auto& entry) { return entry.second.type == type; });
    return found == by_id.end() ? std::string{} : found->second.target;
  }

  std::map<std::string, Relationship> by_id;

 private:
  std::string folder_;
};

class ContentTypes : public Elements {
 public:
  void begin(std::string_view, const Attributes& attributes) override {
    if (attributes["ContentType"].find("macroEnabled") != std::string_view::npos) error = with_macros();
  }
};

class SheetNames : public Elements {
 public:
  explicit SheetNames(const Relationships& relationships) : relationships_(relationships) {}

  void begin(std::string_view name, const Attributes& attributes) override {
    if (name != "sheet" || places.size() >= most_sheets) return;
    const auto state = attributes["state"];
    const auto found = relationships_.by_id.find(std::string(attributes["id"]));
    if (state == "hidden" || state == "veryHidden" || found == relationships_.by_id.end()) return;
    if (found->second.type == "worksheet") places.push_back({.name = std::string(attributes["name"]), .part = found->second.target});
  }

  std::vector<Workbook::Place> places;

 private:
  const Relationships& relationships_;
};

bool holds_macros(const Archive& archive) {
  return std::ranges::any_of(archive.names(), [](const std::string& name) {
    const auto lower = matching_form(name);
    return lower.ends_with("vbaproject.bin") || lower.find("macrosheets/") != std::string::npos;
  });
}

/// `xl/workbook.xml` → `xl/` and `workbook.xml`.
std::pair<std::string, std::string> split(const std::string& part) {
  const auto slash = part.rfind('/');
  return slash == std::string::npos ? std::pair(std::string{}, part) : std::pair(part.substr(0, slash + 1), part.substr(slash + 1));
}

Result<Relationships> relationships_of(Archive& archive, const std::string& part) {
  const auto [folder, name] = split(part);
  Relationships relationships(folder);
  if (auto read = read_xml(archive, folder + "_rels/" + name + ".rels", relationships); !read) return read.error();
  return relationships;
}

}  // namespace

Result<Workbook> open_workbook(Archive& archive) {
  if (holds_macros(archive)) return with_macros();
  if (!archive.has("[Content_Types].xml") || !archive.has("_rels/.rels")) return no_workbook();
  ContentTypes types;
  if (auto read = read_xml(archive, "[Content_Types].xml", types); !read) return read.error();
  const auto whole = relationships_of(archive, "");
  if (!whole) return whole.error();
  const auto part = whole->target_of("officeDocument");
  if (!part.ends_with(".xml")) return no_workbook();
  const auto relationships = relationships_of(archive, part);
  if (!relationships) return relationships.error();
  SheetNames names(*relationships);
  if (auto read = read_xml(archive, part, names); !read) return read.error();
  if (names.places.empty()) return part.find("workbook") == std::string::npos ? no_workbook() : damaged();
  return Workbook{.sheets = std::move(names.places),
                  .strings = relationships->target_of("sharedStrings"),
                  .styles = relationships->target_of("styles")};
}

}  // namespace salam::sheets
