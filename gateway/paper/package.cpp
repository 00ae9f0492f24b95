#include "gateway/paper/package.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "gateway/paper/zip_file.h"

namespace salam::paper {
namespace {

constexpr const char* content_types = "[Content_Types].xml";
constexpr std::string_view relationships_type = "application/vnd.openxmlformats-package.relationships+xml";
constexpr std::size_t largest_xml = 8 * 1024 * 1024;
constexpr int deepest = 256;

Error invalid(std::string why) { return {"package_invalid", std::move(why)}; }

std::string_view folder_of(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == std::string_view::npos ? "" : name.substr(0, slash + 1);
}

std::string relationships_of(std::string_view name) {
  const auto folder = folder_of(name);
  return std::string(folder) + "_rels/" + std::string(name.substr(folder.size())) + ".rels";
}

/// The part that a target means, seen from a folder.
std::string resolved(std::string_view folder, std::string_view target) {
  std::vector<std::string> steps;
  std::istringstream path(target.starts_with('/') ? std::string(target) : std::string(folder) + std::string(target));
  for (std::string step; std::getline(path, step, '/');) {
    if (step == ".." && !steps.empty()) steps.pop_back();
    if (!step.empty() && step != "." && step != "..") steps.push_back(step);
  }
  std::string name;
  for (const auto& step : steps) name += (name.empty() ? "" : "/") + step;
  return name;
}

class Shape : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node& node) override {
    has_doctype_ = node.type() == pugi::node_doctype;
    too_deep_ = depth() >= deepest;
    return !has_doctype_ && !too_deep_;
  }
  [[nodiscard]] bool has_doctype() const { return has_doctype_; }
  [[nodiscard]] bool is_too_deep() const { return too_deep_; }

 private:
  bool has_doctype_ = false;
  bool too_deep_ = false;
};

pugi::xml_parse_result load(pugi::xml_document& document, std::string_view bytes) {
  constexpr unsigned flags = pugi::parse_default | pugi::parse_declaration | pugi::parse_doctype | pugi::parse_ws_pcdata;
  return document.load_buffer(bytes.data(), bytes.size(), flags, pugi::encoding_utf8);
}

/// Why it is no XML that is read here; empty where it is.
std::string wrong_xml(std::string_view bytes) {
  if (bytes.size() > largest_xml) return "is larger than 8 MiB";
  pugi::xml_document document;
  const auto parsed = load(document, bytes);
  if (!parsed) return std::string("is no well-formed XML: ") + parsed.description();
  const auto roots = std::ranges::count(document.children(), pugi::node_element, &pugi::xml_node::type);
  Shape shape;
  document.traverse(shape);
  if (shape.has_doctype()) return "has a document type";
  if (shape.is_too_deep()) return "nests too deep";
  return roots == 1 ? "" : "is no well-formed XML: it has not one root";
}

std::string extension_of(std::string_view name) {
  const auto dot = name.rfind('.');
  std::string extension(dot == std::string_view::npos ? "" : name.substr(dot + 1));
  std::ranges::transform(extension, extension.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return extension;
}

/// By the list of content types: of the part itself, or of all that have its extension.
std::string type_in(const pugi::xml_node& list, std::string_view name) {
  for (const auto& one : list.children("Override")) {
    if (one.attribute("PartName").value() == "/" + std::string(name)) return one.attribute("ContentType").value();
  }
  for (const auto& one : list.children("Default")) {
    if (extension_of(std::string(".") + one.attribute("Extension").value()) == extension_of(name))
      return one.attribute("ContentType").value();
  }
  return "";
}

bool is_relationships(std::string_view name) { return name.ends_with(".rels"); }

std::string to_text(const pugi::xml_document& document) {
  std::ostringstream text;
  document.save(text, "", pugi::format_raw, pugi::encoding_utf8);
  return std::move(text).str();
}

pugi::xml_node declared(pugi::xml_document& document, const char* root, const char* name_space) {
  auto declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  declaration.append_attribute("standalone") = "yes";
  auto node = document.append_child(root);
  node.append_attribute("xmlns") = name_space;
  return node;
}

}  // namespace

std::string_view Relationship::kind() const { return std::string_view(type).substr(type.rfind('/') + 1); }

Result<Package> Package::read(std::string_view zip) {
  auto files = unzipped(zip);
  if (!files) return invalid(std::move(files).error().message);
  const auto list = files->find(content_types);
  if (list == files->end()) return invalid(std::string(content_types) + " is missing");
  if (const auto why = wrong_xml(list->second); !why.empty()) return invalid(std::string(content_types) + " " + why);
  pugi::xml_document types;
  load(types, list->second);
  files->erase(list);
  Package package;
  for (auto& [name, content] : *files) {
    // What has none is no part, such as what PowerPoint has thrown away.
    if (const auto type = type_in(types.child("Types"), name); !type.empty()) package.put(name, std::move(content), type);
  }
  if (auto why = package.wrong_parts(); !why.empty()) return invalid(std::move(why));
  if (auto why = package.dangling(); !why.empty()) return invalid(std::move(why));
  return package;
}

std::string Package::wrong_parts() const {
  for (const auto& [name, type] : types_) {
    if (type.find("macroEnabled") != std::string::npos || type.find("vbaProject") != std::string::npos)
      return "it has macros; save it as a presentation without them (.pptx)";
  }
  std::string wrong;
  for (const auto& [name, content] : parts_) {
    if (is_xml(name)) wrong = wrong_xml(content);
    if (!wrong.empty()) return wrong.insert(0, name + " ");
  }
  return wrong;
}

std::string Package::dangling() const {
  auto sources = names();
  sources.emplace_back();
  for (const auto& name : sources) {
    const auto found = relationships(name);
    const auto broken = std::ranges::find_if(found, [this](const auto& one) { return !one.external && !parts_.contains(one.target); });
    if (broken == found.end()) continue;
    return broken->target + " is missing, or has no content type; " + (name.empty() ? "the file" : name) + " refers to it";
  }
  return "";
}

std::string Package::write(Timestamp made_at) const {
  pugi::xml_document document;
  auto list = declared(document, "Types", "http://schemas.openxmlformats.org/package/2006/content-types");
  const auto add = [&list](const char* kind, const char* key, const std::string& value, const std::string& type) {
    auto one = list.append_child(kind);
    one.append_attribute(key) = value.c_str();
    one.append_attribute("ContentType") = type.c_str();
  };
  add("Default", "Extension", "rels", std::string(relationships_type));
  add("Default", "Extension", "xml", "application/xml");
  for (const auto& name : names()) add("Override", "PartName", "/" + name, content_type(name));
  auto files = parts_;
  files[content_types] = to_text(document);
  return zipped(files, content_types, made_at);
}

std::vector<std::string> Package::names() const {
  std::vector<std::string> names;
  for (const auto& [name, content] : parts_) {
    if (!is_relationships(name)) names.push_back(name);
  }
  return names;
}

std::string Package::content_type(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? "" : found->second;
}

bool Package::is_xml(std::string_view name) const {
  const auto type = content_type(name);
  return type.ends_with("+xml") || type.ends_with("/xml");
}

void Package::put(const std::string& name, std::string content, const std::string& content_type) {
  parts_[name] = std::move(content);
  types_[name] = content_type;
}

std::unique_ptr<pugi::xml_document> Package::xml(std::string_view name) const {
  auto document = std::make_unique<pugi::xml_document>();
  load(*document, parts_.find(name)->second);
  return document;
}

void Package::set_xml(const std::string& name, const pugi::xml_document& document) { parts_[name] = to_text(document); }

std::vector<Relationship> Package::relationships(std::string_view name) const {
  std::vector<Relationship> found;
  const auto part = parts_.find(relationships_of(name));
  if (part == parts_.end()) return found;
  const auto document = xml(part->first);
  for (const auto& one : document->child("Relationships").children("Relationship")) {
    const bool external = one.attribute("TargetMode").value() == std::string_view("External");
    const std::string target = one.attribute("Target").value();
    found.push_back({.id = one.attribute("Id").value(),
                     .type = one.attribute("Type").value(),
                     .target = external ? target : resolved(folder_of(name), target.substr(0, target.find('#'))),
                     .external = external});
  }
  return found;
}

void Package::set_relationships(std::string_view name, const std::vector<Relationship>& relationships) {
  pugi::xml_document document;
  auto list = declared(document, "Relationships", "http://schemas.openxmlformats.org/package/2006/relationships");
  for (const auto& [id, type, target, external] : relationships) {
    auto one = list.append_child("Relationship");
    one.append_attribute("Id") = id.c_str();
    one.append_attribute("Type") = type.c_str();
    one.append_attribute("Target") = external ? target.c_str() : ("/" + target).c_str();
    if (external) one.append_attribute("TargetMode") = "External";
  }
  put(relationships_of(name), to_text(document), std::string(relationships_type));
}

void Package::drop_unreachable() {
  std::set<std::string> reached{""};
  std::vector<std::string> open{""};
  while (!open.empty()) {
    const auto name = open.back();
    open.pop_back();
    for (const auto& relationship : relationships(name)) {
      if (!relationship.external && reached.insert(relationship.target).second) open.push_back(relationship.target);
    }
  }
  std::set<std::string> kept;
  for (const auto& name : reached) kept.insert({name, relationships_of(name)});
  std::erase_if(parts_, [&kept](const auto& part) { return !kept.contains(part.first); });
  std::erase_if(types_, [&kept](const auto& type) { return !kept.contains(type.first); });
}

}  // namespace salam::paper
