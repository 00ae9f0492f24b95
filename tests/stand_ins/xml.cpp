#include "tests/stand_ins/xml.h"

#include <string>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace salam::stand_ins {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      bool forbidden = c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r';
      out += forbidden ? '?' : c;
    }
  }
  return out;
}

std::string text_of(const rapidjson::Value& value) {
  if (value.IsString()) return escaped({value.GetString(), value.GetStringLength()});
  if (value.IsNull()) return {};
  rapidjson::StringBuffer buffer;
  rapidjson::Writer writer(buffer);
  value.Accept(writer);
  return buffer.GetString();
}

std::string element(std::string_view name, const rapidjson::Value& value, std::string_view item) {
  std::string inside;
  if (value.IsArray()) {
    for (const auto& entry : value.GetArray()) inside += element(item, entry, {});
  } else if (value.IsObject()) {
    for (const auto& member : value.GetObject()) {
      std::string_view inner(member.name.GetString(), member.name.GetStringLength());
      inside += element(inner, member.value, inner.substr(0, inner.size() - 1));
    }
  } else {
    inside = text_of(value);
  }
  std::string tag(name);
  return inside.empty() ? "<" + tag + "/>" : "<" + tag + ">" + inside + "</" + tag + ">";
}

}  // namespace

void say_in_xml(Response& response, std::string_view root, std::string_view item) {
  rapidjson::Document document;
  document.Parse(response.body.data(), response.body.size());
  if (document.HasParseError()) return;
  response.body = R"(<?xml version="1.0" encoding="utf-8"?>)" + element(root, document, item);
  response.content_type = "text/xml; charset=utf-8";
}

}  // namespace salam::stand_ins
