#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/domain/region.h"
#include "gateway/domain/result.h"

namespace salam {

enum class System { system137, service_desk };
/// On the wire: `137`, `service_desk`.
std::string_view to_string(System system);
std::optional<System> parse_system(std::string_view text);
/// As the citizen reads it: `سامانه ۱۳۷`, `میز خدمت اصفهان من`.
std::string_view name_for_people(System system);

enum class Kind { request, complaint, suggestion, criticism, thanks };
std::string_view to_string(Kind kind);
std::optional<Kind> parse_kind(std::string_view text);
/// `درخواست`.
std::string_view name_for_people(Kind kind);

/// What a rule may look at.
struct RoutingFacts {
  Region region;
  Kind kind;
  std::string_view category;  ///< Empty where handwriting gave none.
  std::string_view subject;
  std::string_view description;
};

/// A rule fires where every condition it states holds; a condition with several values holds where one of them does.
struct RoutingRule {
  std::string name;
  std::string why;  ///< In Persian, for officers.
  std::vector<Kind> kinds;
  std::vector<Region> regions;
  std::vector<std::string> categories;
  std::vector<std::string> words;  ///< Whole words or phrases of subject or description, compared in their matching form.
  System system;
  std::string set_category;  ///< The category that the request takes where it has none; may be empty.
};

struct RoutingDecision {
  System system = System::system137;
  std::string rule;    ///< The rule's name; `default` where none fired.
  std::string digest;  ///< Of the rule set that decided.
  std::string category;
};

/// One line of an explanation: a rule, whether it fired, and why: the rule's own words, or the first condition that did not hold.
struct RuleTrace {
  std::string rule;
  bool fired = false;
  std::string reason;
};

/// Ordered rules; the first that fires decides, and 137 takes what none claims. Immutable, so a reload swaps the whole set.
class RuleSet {
 public:
  RuleSet() = default;
  /// `digest` names the file's content. Errors: `routing_rule_invalid` for a duplicate or empty name (or `default`), a rule without a
  /// condition, or words without a letter.
  static Result<RuleSet> make(std::vector<RoutingRule> rules, std::string digest);

  [[nodiscard]] RoutingDecision decide(const RoutingFacts& facts) const;
  /// Every rule in its order up to the one that fires.
  [[nodiscard]] std::vector<RuleTrace> explain(const RoutingFacts& facts) const;
  [[nodiscard]] const std::string& digest() const noexcept { return digest_; }

 private:
  /// A phrase of a rule, as ` word word ` in matching form.
  struct Phrase {
    std::size_t rule;
    std::size_t word;  ///< Its place in the rule's words.
    std::string text;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  /// For each rule the place of one of its words that occurs; nothing where none does.
  using Hits = std::vector<std::optional<std::size_t>>;

  [[nodiscard]] Hits find_words(const RoutingFacts& facts) const;

  std::vector<RoutingRule> rules_;
  std::unordered_map<std::string, std::vector<Phrase>, Hash, std::equal_to<>>
      phrases_;  ///< By first word, so that a text is walked once for all rules.
  std::string digest_ = "none";
};

}  // namespace salam
