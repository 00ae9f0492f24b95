#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace salam::upstream {

/// One entry of Open311's service list.
struct Service {
  std::string code;
  std::string name;
  std::string keywords;  ///< Separated by commas.
};

/// What a category is called there. All text is compared in its matching form. The configured table decides; then the service list: equal
/// code, equal name, a keyword, or the only service whose name holds the category as whole words; then the default.
class ServiceCatalogue {
 public:
  ServiceCatalogue(const std::map<std::string, std::string>& by_category, std::string default_code);

  /// Takes the list that the system gave in place of the former one.
  void learn(const std::vector<Service>& services);
  [[nodiscard]] std::string code_for(std::string_view category) const;
  /// Configured codes that the list does not hold, each once.
  [[nodiscard]] std::vector<std::string> unknown_codes() const;

 private:
  struct Known {
    std::string code;
    std::string matching_code;
    std::string name;
    std::vector<std::string> keywords;
  };
  [[nodiscard]] const Known* find(std::string_view category) const;

  std::map<std::string, std::string> by_category_;
  std::string default_code_;
  std::vector<Known> services_;
};

}  // namespace salam::upstream
