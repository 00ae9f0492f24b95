#include "adapters/upstream/service_catalogue.h"

#include <algorithm>
#include <set>
#include <utility>

#include "gateway/domain/text.h"

namespace salam::upstream {
namespace {

std::vector<std::string> split_keywords(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.find("،"));
    auto word = matching_form(text.substr(0, comma));
    if (!word.empty()) words.push_back(std::move(word));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + (text[comma] == ',' ? 1 : 2));
  }
  return words;
}

std::string padded(std::string_view text) { return " " + std::string(text) + " "; }

}  // namespace

ServiceCatalogue::ServiceCatalogue(const std::map<std::string, std::string>& by_category, std::string default_code)
    : default_code_(std::move(default_code)) {
  for (const auto& [category, code] : by_category) by_category_.emplace(matching_form(category), code);
}

void ServiceCatalogue::learn(const std::vector<Service>& services) {
  services_.clear();
  for (const auto& service : services) {
    services_.push_back({service.code, matching_form(service.code), matching_form(service.name), split_keywords(service.keywords)});
  }
}

const ServiceCatalogue::Known* ServiceCatalogue::find(std::string_view category) const {
  const auto first = [&](const auto& fits) {
    const auto found = std::find_if(services_.begin(), services_.end(), fits);
    return found == services_.end() ? nullptr : &*found;
  };
  if (const auto* const service = first([&](const Known& known) { return known.matching_code == category; })) return service;
  if (const auto* const service = first([&](const Known& known) { return known.name == category; })) return service;
  const auto has_keyword = [&](const Known& known) {
    return std::find(known.keywords.begin(), known.keywords.end(), category) != known.keywords.end();
  };
  if (const auto* const service = first(has_keyword)) return service;
  const auto in_name = [&](const Known& known) { return padded(known.name).find(padded(category)) != std::string::npos; };
  return std::count_if(services_.begin(), services_.end(), in_name) == 1 ? first(in_name) : nullptr;
}

std::string ServiceCatalogue::code_for(std::string_view category) const {
  const auto wanted = matching_form(category);
  if (wanted.empty()) return default_code_;
  if (const auto configured = by_category_.find(wanted); configured != by_category_.end()) return configured->second;
  const auto* const service = find(wanted);
  return service != nullptr ? service->code : default_code_;
}

std::vector<std::string> ServiceCatalogue::unknown_codes() const {
  std::set<std::string> codes;
  if (!default_code_.empty()) codes.insert(default_code_);
  for (const auto& [category, code] : by_category_) codes.insert(code);
  for (const auto& known : services_) codes.erase(known.code);
  return {codes.begin(), codes.end()};
}

}  // namespace salam::upstream
