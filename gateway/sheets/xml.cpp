#include "gateway/sheets/xml.h"

#include <memory>
#include <string>

#include <expat.h>

namespace salam::sheets {
namespace {

constexpr char separator = '|';

std::string_view local(const char* name) {
  const std::string_view whole(name);
  const auto end = whole.rfind(separator);
  return end == std::string_view::npos ? whole : whole.substr(end + 1);
}

/// What the callbacks share.
struct Reading {
  XML_Parser parser;
  Elements& elements;

  void stop_if_wrong() const {
    if (elements.error) XML_StopParser(parser, XML_FALSE);
  }
};

Reading& reading(void* data) { return *static_cast<Reading*>(data); }

void XMLCALL begin(void* data, const XML_Char* name, const XML_Char** attributes) {
  if (reading(data).elements.error) return;
  reading(data).elements.begin(local(name), Attributes(attributes));
  reading(data).stop_if_wrong();
}

void XMLCALL end(void* data, const XML_Char* name) {
  if (reading(data).elements.error) return;
  reading(data).elements.end(local(name));
  reading(data).stop_if_wrong();
}

void XMLCALL text(void* data, const XML_Char* characters, int length) {
  reading(data).elements.text({characters, static_cast<std::size_t>(length)});
}

Error damaged(std::string_view part) {
  return {"sheet_damaged", "جزء «" + std::string(part) + "» از پروندهٔ xlsx خوانده نشد؛ آن را در اکسل باز و دوباره ذخیره کنید."};
}

void XMLCALL refuse_document_type(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  reading(data).elements.error = damaged("DOCTYPE");
  reading(data).stop_if_wrong();
}

}  // namespace

std::optional<std::string_view> Attributes::find(std::string_view name) const {
  for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
    if (local(*pair) == name) return pair[1];
  }
  return {};
}

Result<void> read_xml(Archive& archive, std::string_view part, Elements& elements) {
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreateNS(nullptr, separator), &XML_ParserFree);
  Reading reading{.parser = parser.get(), .elements = elements};
  XML_SetUserData(parser.get(), &reading);
  XML_SetElementHandler(parser.get(), &begin, &end);
  XML_SetCharacterDataHandler(parser.get(), &text);
  XML_SetStartDoctypeDeclHandler(parser.get(), &refuse_document_type);
  bool well_formed = true;
  const auto unpacked = archive.unpack(part, [&](std::string_view piece) {
    well_formed = XML_Parse(parser.get(), piece.data(), static_cast<int>(piece.size()), XML_FALSE) == XML_STATUS_OK;
    return well_formed;
  });
  if (elements.error) return *elements.error;
  if (!unpacked) return unpacked.error();
  if (!well_formed || XML_Parse(parser.get(), nullptr, 0, XML_TRUE) != XML_STATUS_OK) return damaged(part);
  return {};
}

}  // namespace salam::sheets
