#include "tests/stand_ins/registry.h"

#include <algorithm>

#include "tests/stand_ins/json.h"

namespace salam::stand_ins {

namespace {

void write_files(Json& json, const std::vector<UploadedFile>& files) {
  json.key("files").open_array();
  for (const auto& file : files) {
    json.open_object().member("field", file.field).member("name", file.name).member("media_type", file.media_type);
    json.member("size", static_cast<std::int64_t>(file.size)).member("sha256", file.sha256).close_object();
  }
  json.close_array();
}

void write(Json& json, const Registration& registration, std::string_view system) {
  json.open_object().member("system", system).member("id", registration.code).member("external_id", registration.external_id);
  json.member("category", registration.category).member("at", w3c_time(registration.at));
  if (!registration.token.empty()) json.member("token", registration.token);
  json.key("fields").open_object();
  for (const auto& [name, value] : registration.fields) json.member(name, value);
  write_files(json.close_object(), registration.files);
  json.close_object();
}

void write(Json& json, const Amendment& amendment, std::string_view system) {
  json.open_object().member("system", system).member("amends", amendment.code).member("id", amendment.sent_as);
  json.member("times", amendment.times).member("at", w3c_time(amendment.at)).key("fields").open_object();
  for (const auto& [name, value] : amendment.fields) json.member(name, value);
  write_files(json.close_object(), amendment.files);
  json.close_object();
}

}  // namespace

Registry::Registry(std::string system, std::string prefix, std::int64_t first_number, bool detail, LedgerFile& file)
    : system_(std::move(system)), prefix_(std::move(prefix)), next_number_(first_number), detail_(detail), file_(file) {}

const Registration& Registry::add(Registration registration) {
  registration.code = prefix_ + std::to_string(next_number_++);
  if (file_.wanted()) {
    Json line;
    write(line, registration, system_);
    file_.append(line.take());
  }
  if (!detail_) registration.fields.clear();
  auto index = registrations_.size();
  codes_.emplace(registration.code, index);
  if (!registration.token.empty()) tokens_.emplace(registration.token, index);
  if (!registration.external_id.empty()) external_ids_[registration.external_id].push_back(index);
  return registrations_.emplace_back(std::move(registration));
}

const Registration* Registry::by_code(std::string_view code) const {
  auto found = codes_.find(code);
  return found == codes_.end() ? nullptr : &registrations_[found->second];
}

const Registration* Registry::by_token(std::string_view token) const {
  auto found = tokens_.find(token);
  return found == tokens_.end() ? nullptr : &registrations_[found->second];
}

std::vector<const Registration*> Registry::by_external_id(std::string_view external_id) const {
  std::vector<const Registration*> found;
  auto indices = external_ids_.find(external_id);
  if (indices == external_ids_.end()) return found;
  for (auto index : indices->second) found.push_back(&registrations_[index]);
  return found;
}

bool Registry::amend(Amendment amendment) {
  if (file_.wanted()) {
    Json line;
    write(line, amendment, system_);
    file_.append(line.take());
  }
  auto known = std::ranges::find(amendments_, amendment.id, &Amendment::id);
  if (known == amendments_.end()) {
    amendments_.push_back(std::move(amendment));
    return true;
  }
  ++known->times;
  return false;
}

void Registry::clear() {
  registrations_.clear();
  amendments_.clear();
  codes_.clear();
  tokens_.clear();
  external_ids_.clear();
}

std::string Registry::to_json(bool summary) const {
  Json json;
  json.open_object().member("count", static_cast<std::int64_t>(registrations_.size()));
  json.member("distinct_external_ids", static_cast<std::int64_t>(external_ids_.size())).key("duplicates").open_array();
  for (const auto& [external_id, indices] : external_ids_) {
    if (indices.size() > 1) json.text(external_id);
  }
  json.close_array();
  if (!summary) {
    json.key("registrations").open_array();
    for (const auto& registration : registrations_) write(json, registration, system_);
    json.close_array().key("amendments").open_array();
    for (const auto& amendment : amendments_) write(json, amendment, system_);
    json.close_array();
  }
  return json.close_object().take();
}

}  // namespace salam::stand_ins
