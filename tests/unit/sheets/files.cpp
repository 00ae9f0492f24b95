#include "tests/unit/sheets/files.h"

#include <memory>
#include <stdexcept>

#include <zip.h>

namespace salam::test {
namespace {

constexpr std::string_view main_vocabulary = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr std::string_view relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

std::string relationship(std::string_view id, std::string_view type, std::string_view target) {
  return std::string("<Relationship Id=\"").append(id) + "\" Type=\"" + std::string(relations) + "/" + std::string(type) + "\" Target=\"" +
         std::string(target) + "\"/>";
}

std::string relationships(const std::string& all) {
  return "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" + all + "</Relationships>";
}

std::string element(std::string_view name, std::string_view content) {
  return "<" + std::string(name) + " xmlns=\"" + std::string(main_vocabulary) + "\" xmlns:r=\"" + std::string(relations) + "\">" +
         std::string(content) + "</" + std::string(name) + ">";
}

std::string escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
  return escaped;
}

}  // namespace

std::string zip_of(const Parts& parts) {
  zip_error_t error;
  zip_error_init(&error);
  auto* const source = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(source);
  const std::unique_ptr<zip_source_t, decltype(&zip_source_free)> kept(source, &zip_source_free);
  auto* const zip = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error);
  if (zip == nullptr) throw std::runtime_error("no ZIP file");
  for (const auto& [name, content] : parts) {
    zip_file_add(zip, name.c_str(), zip_source_buffer(zip, content.data(), content.size(), 0), ZIP_FL_OVERWRITE | ZIP_FL_ENC_UTF_8);
  }
  if (zip_close(zip) != 0) throw std::runtime_error("no ZIP file");
  zip_stat_t stat{};
  zip_source_stat(source, &stat);
  std::string bytes(stat.size, '\0');
  zip_source_open(source);
  zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  return bytes;
}

Parts workbook_parts(const Book& book) {
  return {
      {"[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"},
      {"_rels/.rels", relationships(relationship("rId1", "officeDocument", "xl/workbook.xml"))},
      {"xl/workbook.xml", element("workbook", "<sheets><sheet name=\"درخواست‌ها\" sheetId=\"1\" r:id=\"rId1\"/></sheets>")},
      {"xl/_rels/workbook.xml.rels",
       relationships(relationship("rId1", "worksheet", "worksheets/sheet1.xml") +
                     relationship("rId2", "sharedStrings", "/xl/sharedStrings.xml") + relationship("rId3", "styles", "styles.xml"))},
      {"xl/worksheets/sheet1.xml", element("worksheet", "<sheetData>" + book.rows + "</sheetData>" + book.after)},
      {"xl/sharedStrings.xml", element("sst", book.strings)},
      {"xl/styles.xml", element("styleSheet", book.formats)},
  };
}

std::string text_row(int line, const std::vector<std::string>& texts) {
  std::string row = "<row r=\"" + std::to_string(line) + "\">";
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].empty()) continue;
    const std::string reference = std::string(1, static_cast<char>('A' + i)) + std::to_string(line);
    row += "<c r=\"" + reference + "\" t=\"inlineStr\"><is><t>" + escaped(texts[i]) + "</t></is></c>";
  }
  return row + "</row>";
}

}  // namespace salam::test
