#include "tests/browser/office.h"

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include <pugixml.hpp>

namespace salam::test {

Office::Office(std::string_view pptx) { scratch_.write("slides.pptx", pptx); }

void Office::convert(std::string_view to, std::string_view folder) const {
  const auto printed =
      scratch_.run({"soffice", "-env:UserInstallation=file://" + scratch_.path("profile").string(), "--headless", "--convert-to",
                    std::string(to), "--outdir", scratch_.path(folder).string(), scratch_.path("slides.pptx").string()});
  if (printed.find("convert ") == std::string::npos) throw std::runtime_error("LibreOffice does not open the slides: " + printed);
}

std::vector<Office::Slide> Office::slides() const {
  convert("pdf", "shown");
  const auto pdf = (scratch_.path("shown") / "slides.pdf").string();
  std::istringstream texts(scratch_.run({"pdftotext", pdf, "-"}));
  pugi::xml_document boxes;
  boxes.load_string(scratch_.run({"pdftotext", "-bbox", pdf, "-"}).c_str());
  std::vector<Slide> slides;
  for (const auto& page : boxes.select_nodes("//page")) {
    auto& slide = slides.emplace_back();
    slide.width = page.node().attribute("width").as_double();
    slide.height = page.node().attribute("height").as_double();
    std::getline(texts, slide.text, '\f');
    for (const auto& word : page.node().children("word")) {
      slide.words.push_back({.left = word.attribute("xMin").as_double(),
                             .top = word.attribute("yMin").as_double(),
                             .right = word.attribute("xMax").as_double(),
                             .bottom = word.attribute("yMax").as_double()});
    }
  }
  return slides;
}

std::string Office::saved() const {
  convert("pptx:Impress MS PowerPoint 2007 XML", "saved");
  std::ifstream file(scratch_.path("saved") / "slides.pptx", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string office_missing() { return missing_of({{"soffice", "libreoffice-impress-nogui"}, {"pdftotext", "poppler-utils"}}); }

}  // namespace salam::test
