#include "gateway/domain/routing.h"

#include <algorithm>
#include <set>
#include <utility>

#include <unicode/uchar.h>

#include "gateway/domain/text.h"
#include "gateway/domain/utf8.h"

namespace salam {
namespace {

constexpr std::string_view default_rule = "default";

void append_word(std::string& words, std::string_view word) {
  if (word.empty()) return;
  if (words.empty()) words.push_back(' ');
  words.append(word).push_back(' ');
}

/// The words of a text in matching form, each with a blank before and behind it: ` قطع برق `. Empty where there is none.
std::string words_of(std::string_view text) {
  const auto form = matching_form(text);
  std::string words;
  words.reserve(form.size() + 2);
  std::size_t word = 0;  // Where the current one starts.
  for (std::size_t i = 0; i < form.size();) {
    const auto here = i;
    if (u_isalnum(next_code_point(form, i))) continue;
    append_word(words, std::string_view(form).substr(word, here - word));
    word = i;
  }
  append_word(words, std::string_view(form).substr(word));
  return words;
}

std::string_view first_word(std::string_view words) { return words.substr(1, words.find(' ', 1) - 1); }

template <class Values, class Value>
bool holds(const Values& allowed, const Value& value) {
  return allowed.empty() || std::ranges::find(allowed, value) != allowed.end();
}

bool fires(const RoutingRule& rule, const RoutingFacts& facts, bool word_found) {
  return holds(rule.kinds, facts.kind) && holds(rule.regions, facts.region) && holds(rule.categories, facts.category) &&
         (rule.words.empty() || word_found);
}

/// The first condition that does not hold; empty where all do.
std::string unmet(const RoutingRule& rule, const RoutingFacts& facts, bool word_found) {
  if (!holds(rule.kinds, facts.kind)) return "the kind is `" + std::string(to_string(facts.kind)) + "`";
  if (!holds(rule.regions, facts.region)) return "the region is `" + facts.region.wire() + "`";
  if (!holds(rule.categories, facts.category)) {
    return facts.category.empty() ? "there is no category" : "the category is `" + std::string(facts.category) + "`";
  }
  if (!rule.words.empty() && !word_found) return "none of its words occurs";
  return {};
}

std::string why_it_fired(const RoutingRule& rule, std::optional<std::size_t> word) {
  return word ? rule.why + " («" + rule.words[*word] + "»)" : rule.why;
}

Error invalid(const std::string& rule, std::string_view what) {
  return {"routing_rule_invalid", "routing rule `" + rule + "`: " + std::string(what)};
}

}  // namespace

Result<RuleSet> RuleSet::make(std::vector<RoutingRule> rules, std::string digest) {
  RuleSet made;
  made.digest_ = std::move(digest);
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto& rule = rules[i];
    if (rule.name.empty()) return invalid(rule.name, "a name is needed");
    if (rule.name == default_rule) return invalid(rule.name, "the name stands for what no rule claims");
    if (!names.insert(rule.name).second) return invalid(rule.name, "the name is taken by an earlier rule");
    if (rule.kinds.empty() && rule.regions.empty() && rule.categories.empty() && rule.words.empty()) {
      return invalid(rule.name, "it states no condition (kinds, regions, categories or words), so it would claim every request");
    }
    for (std::size_t word = 0; word < rule.words.size(); ++word) {
      auto text = words_of(rule.words[word]);
      if (text.empty()) return invalid(rule.name, "one of its words holds neither letter nor digit");
      auto& phrases = made.phrases_[std::string(first_word(text))];
      phrases.push_back({.rule = i, .word = word, .text = std::move(text)});
    }
  }
  made.rules_ = std::move(rules);
  return made;
}

RuleSet::Hits RuleSet::find_words(const RoutingFacts& facts) const {
  Hits hits(rules_.size());
  if (phrases_.empty()) return hits;
  for (const auto part : {facts.subject, facts.description}) {
    const auto words = words_of(part);
    std::string_view rest = words;
    while (rest.size() > 1) {
      const auto word = first_word(rest);
      if (const auto found = phrases_.find(word); found != phrases_.end()) {
        for (const auto& phrase : found->second) {
          if (!hits[phrase.rule] && rest.starts_with(phrase.text)) hits[phrase.rule] = phrase.word;
        }
      }
      rest.remove_prefix(word.size() + 1);
    }
  }
  return hits;
}

RoutingDecision RuleSet::decide(const RoutingFacts& facts) const {
  const auto hits = find_words(facts);
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const auto& rule = rules_[i];
    if (!fires(rule, facts, hits[i].has_value())) continue;
    return {.system = rule.system,
            .rule = rule.name,
            .digest = digest_,
            .category = facts.category.empty() ? rule.set_category : std::string(facts.category)};
  }
  return {.system = System::system137, .rule = std::string(default_rule), .digest = digest_, .category = std::string(facts.category)};
}

std::vector<RuleTrace> RuleSet::explain(const RoutingFacts& facts) const {
  const auto hits = find_words(facts);
  std::vector<RuleTrace> traces;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    auto reason = unmet(rules_[i], facts, hits[i].has_value());
    if (reason.empty()) {
      traces.push_back({.rule = rules_[i].name, .fired = true, .reason = why_it_fired(rules_[i], hits[i])});
      break;
    }
    traces.push_back({.rule = rules_[i].name, .fired = false, .reason = std::move(reason)});
  }
  return traces;
}

}  // namespace salam
