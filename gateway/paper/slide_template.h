#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/domain/result.h"
#include "gateway/paper/package.h"
#include "gateway/paper/slide_values.h"
#include "gateway/reports/results.h"

namespace salam::paper {

/// The slides on which a meeting's results are shown: a presentation (.pptx, or the .potx that PowerPoint calls a template) which a city
/// may make anew. `{{placeholders}}` anywhere in its text are filled in (slide_values.h), and so are charts whose name or alternative text
/// is `chart:standing`, `chart:by_subject` or `chart:by_unit`. A slide with a chart of nothing, or with a condition that is not fulfilled,
/// is left out.
class SlideTemplate {
 public:
  /// The one that ships, docker/examples/results.pptx.
  static const SlideTemplate& standard();
  /// Errors: `template_invalid`: no presentation, too large, damaged, with macros (package.h); or placeholders and charts are missing or
  /// unknown, which are all named.
  static Result<SlideTemplate> parse(std::string_view pptx);

  /// A .pptx that the region goes on editing. `scratch`: a folder for what is written meanwhile. Throws std::runtime_error where that
  /// cannot be, or memory does not suffice. From any thread.
  [[nodiscard]] std::string render(const reports::Results& results, const std::string& scratch) const;

 private:
  struct Chart {
    const KnownChart* known;
    std::string part;
  };
  struct Slide {
    std::string part;
    std::vector<std::string> placeholders;
    std::vector<Chart> charts;
  };
  class Reader;

  [[nodiscard]] Box inherited_box(const std::string& part, const pugi::xml_node& shape) const;
  [[nodiscard]] static bool is_shown(const Slide& slide, const reports::Results& results);

  std::shared_ptr<const Package> package_;
  std::string presentation_;
  std::vector<Slide> slides_;
  std::vector<std::string> with_placeholders_;  ///< Parts.
};

}  // namespace salam::paper
