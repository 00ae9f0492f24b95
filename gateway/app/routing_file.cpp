#include "gateway/app/routing_file.h"

#include <array>
#include <optional>
#include <utility>

#include <openssl/evp.h>
#include <spdlog/fmt/fmt.h>

namespace salam::app {
namespace {

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

/// A list whose every item `parse` understands; the others are noted.
template <class T>
std::vector<T> read_list(config::Section& section, std::string_view key, std::string_view expected,
                         std::optional<T> (*parse)(std::string_view)) {
  std::vector<T> values;
  for (const auto& text : section.strings(key)) {
    if (const auto value = parse(text)) {
      values.push_back(*value);
    } else {
      section.wrong(key, fmt::format("`{}` is not {}", text, expected));
    }
  }
  return values;
}

RoutingRule read_rule(config::Section& section) {
  return {.name = section.required_string("name"),
          .why = section.required_string("why"),
          .kinds = read_list<Kind>(section, "kinds", "one of request, complaint, suggestion, criticism, thanks", parse_kind),
          .regions = read_list<Region>(section, "regions", "one of 1 to 15, or nazhvan", Region::parse),
          .categories = section.strings("categories"),
          .words = section.strings("words"),
          .system = parse_system(section.choice("system", "", {"137", "service_desk"})).value_or(System::system137),
          .set_category = section.string("set_category", "")};
}

}  // namespace

Result<RuleSet, std::vector<config::Problem>> read_routing_rules(const std::string& file, std::string_view toml) {
  config::Reader reader(file, toml, {});
  std::vector<RoutingRule> rules;
  const auto digest = sha256_hex(toml);
  for (auto& section : reader.root().tables("rule")) {
    rules.push_back(read_rule(section));
    if (rules.back().name.empty()) continue;
    // The set of the rules so far is wrong only where this one is.
    if (auto so_far = RuleSet::make(rules, digest); !so_far.ok()) {
      section.wrong("", so_far.error().message);
      rules.pop_back();
    }
  }
  auto problems = reader.problems();
  // A file cut short must not send everything to 137.
  if (problems.empty() && rules.empty())
    problems.push_back({.file = file, .line = 0, .key = "rule", .reason = "is missing: there is no rule"});
  if (!problems.empty()) return problems;
  return RuleSet::make(std::move(rules), digest).value();
}

Result<RuleSet, std::vector<config::Problem>> read_routing_file(const std::string& file) {
  const auto text = config::read_file(file);
  if (!text) return std::vector<config::Problem>{{.file = file, .line = 0, .key = "", .reason = "cannot be read"}};
  return read_routing_rules(file, *text);
}

}  // namespace salam::app
