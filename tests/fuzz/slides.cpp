#include <array>
#include <string>

#include "gateway/paper/slide_template.h"
#include "gateway/paper/standard_slides.h"
#include "gateway/paper/zip_file.h"
#include "tests/fuzz/input.h"

namespace salam::fuzz {
namespace {

/// The shipped presentation with another part in place of its own.
std::string with(const std::string& part, std::string_view content) {
  static const auto shipped = paper::unzipped(paper::standard_slides()).value();
  auto files = shipped;
  files[part] = content;
  return paper::zipped(files, "[Content_Types].xml", Timestamp());
}

reports::Results results(bool some) {
  using namespace std::chrono;
  const reports::Tally tally{.all = some ? 2 : 0, .answered_in_time = some ? 1 : 0, .waiting = some ? 1 : 0};
  return {.meeting = {.id = "m", .region = Region::from_number(5).value(), .mosque = "مسجد جامع", .date = 2026y / November / 24d},
          .made_at = sys_days(2027y / February / 20d),
          .all = tally,
          .by_subject = {{"آسفالت", tally}},
          .by_unit = {{"معاونت عمران", tally}}};
}

void read(const std::string& pptx) {
  const auto slides = paper::SlideTemplate::parse(pptx);
  if (!slides) return promise(slides.error().code == "template_invalid" && !slides.error().message.empty(), "what is wrong is said");
  for (const bool some : {true, false})
    promise(paper::Package::read(slides->render(results(some), ".")).ok(), "what is shown is a package");
}

}  // namespace
}  // namespace salam::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace salam::fuzz;
  static constexpr std::array parts{
      "ppt/slides/slide1.xml", "ppt/slides/slide3.xml", "ppt/charts/chart1.xml", "ppt/presentation.xml", "ppt/slides/_rels/slide3.xml.rels",
      "[Content_Types].xml"};
  Input input(data, size);
  const auto choice = input.choose(parts.size() + 1);
  read(choice < parts.size() ? with(parts.at(choice), input.rest()) : std::string(input.rest()));
  return 0;
}
