#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http_client/client.h"

/// Answers that no system should give and that some do, with what each of them means to a registration and to a call that reads (a lookup,
/// a follow-up). Every driver that speaks HTTP is tested against all of them.
namespace salam::upstream {

/// A driver's good answer, taken apart where the system's code stands.
struct ReplyForm {
  std::string type;  ///< Content type.
  std::string before;
  std::string after;

  [[nodiscard]] bool is_xml() const { return type.find("xml") != std::string::npos; }
};

struct BadAnswer {
  std::string name;
  int status = 200;
  std::string type;
  std::function<std::string()> body;  ///< Made when needed: one of them is large.
  std::string_view submit;            ///< The outcome's name (`name_of` in support.h) where it answers a registration.
  std::string_view look_up;           ///< Where it answers a lookup; and a follow-up, but for `found`.
  bool readable = false;              ///< Well but for the code, which nobody asks for in the answer to an amendment.

  [[nodiscard]] http_client::Response response() const {
    return {status, {{"content-type", type}, {"location", "https://elsewhere.test/login"}}, body()};
  }
  [[nodiscard]] std::string_view amend() const { return readable ? "amended" : submit; }
  [[nodiscard]] std::string_view look_up_amendment() const { return readable ? "found" : look_up; }
  friend std::ostream& operator<<(std::ostream& out, const BadAnswer& answer) { return out << answer.name; }
};

namespace bad_answers_parts {

constexpr std::size_t ten_mebibytes = 10UL * 1024 * 1024;

inline std::string xml_bomb() {
  std::string bomb = R"(<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol0 "lol">)";
  for (int i = 1; i <= 9; ++i) {
    const auto before = "&lol" + std::to_string(i - 1) + ";";
    bomb += "<!ENTITY lol" + std::to_string(i) + " \"";
    for (int j = 0; j < 10; ++j) bomb += before;
    bomb += "\">";
  }
  return bomb + "]><lolz>&lol9;</lolz>";
}

inline std::string nested(const ReplyForm& form) {
  constexpr int depth = 100'000;
  std::string text;
  for (int i = 0; i < depth; ++i) text += form.is_xml() ? "<a>" : "[";
  for (int i = 0; i < depth; ++i) text += form.is_xml() ? "</a>" : "]";
  return text;
}

}  // namespace bad_answers_parts

/// What is wrong with the whole answer.
inline std::vector<BadAnswer> unreadable_answers(const ReplyForm& form) {
  using namespace bad_answers_parts;
  const auto text = [](std::string body) { return [body = std::move(body)] { return body; }; };
  const auto quote = form.is_xml() ? "" : "\"";
  const auto good = form.before + quote + "SD-1" + quote + form.after;
  return {
      {"EmptyBody", 200, form.type, text(""), "uncertain", "try_later"},
      {"NoContent", 204, "", text(""), "uncertain", "try_later"},
      {"HtmlPage", 200, "text/html", text("<!DOCTYPE html><html><head><title>در دست تعمیر</title></head><body><br></body></html>"),
       "uncertain", "try_later"},
      {"WellFormedHtmlPage", 200, "text/html", text("<html><body><form action=\"/login\"/></body></html>"), "uncertain", "try_later"},
      {"Truncated", 201, form.type, text(good.substr(0, good.size() - form.after.size() / 2 - 1)), "uncertain", "try_later"},
      {"TwoDocuments", 200, form.type, text(good + good), "uncertain", "try_later"},
      {"TenMebibytes", 200, form.type, [form, quote] { return form.before + quote + std::string(ten_mebibytes, '7') + quote + form.after; },
       "uncertain", "try_later"},
      {"Windows1256", 200, form.type + "; charset=windows-1256", text(form.before + quote + "\xD5\xCF\xC7" + quote + form.after),
       "uncertain", "try_later"},
      {"Utf16", 200, form.type, text(std::string("\xFF\xFE{\0}\0", 6)), "uncertain", "try_later"},
      {"NulAfterIt", 200, form.type, text(good + std::string(1, '\0') + "x"), "uncertain", "try_later"},
      {"NestedTooDeep", 200, form.type, [form] { return nested(form); }, "uncertain", "try_later"},
      {"XmlBomb", 200, "text/xml", [] { return xml_bomb(); }, "uncertain", "try_later"},
      {"Redirect", 302, "text/html", text(good), "unclear", "unclear"},
      {"ServerError", 500, "text/html", text("<html>"), "uncertain", "try_later"},
  };
}

/// What is wrong with the code in an answer that is well otherwise.
inline std::vector<BadAnswer> answers_with_bad_codes(const ReplyForm& form) {
  const auto with = [&form](std::string_view json, std::string_view xml) {
    return [body = form.before + std::string(form.is_xml() ? xml : json) + form.after] { return body; };
  };
  const std::string long_code(4096, 'x');
  const auto row = [&](std::string name, std::function<std::string()> body, bool trusted, bool readable = true) {
    return BadAnswer{
        std::move(name), 200, form.type, std::move(body), trusted ? "registered" : "uncertain", trusted ? "found" : "try_later", readable};
  };
  return {
      row("CodeIsANumber", with("17", "17"), true),
      row("CodeHasBlanksAroundIt", with("\" SD-1 \"", "\n SD-1 \n"), true),
      row("CodeIsNull", with("null", "null"), false),
      row("CodeIsEmpty", with("\"\"", ""), false),
      row("CodeIsBlank", with("\" \"", " "), false),
      row("CodeIsZero", with("0", "0"), false),
      row("CodeIsTooLong", with("\"" + long_code + "\"", long_code), false),
      row("CodeHasAControlCharacter", with("\"SD\\u0007-1\"", "SD&#7;-1"), false, !form.is_xml()),
      row("CodeHasADirectionMark", with("\"SD\\u202e-1\"", "SD&#x202e;-1"), false),
      row("CodeIsAnObject", with("{\"id\":\"SD-1\"}", "<id>SD-1</id>"), false),
  };
}

inline std::vector<BadAnswer> bad_answers(const ReplyForm& form) {
  auto all = unreadable_answers(form);
  for (auto& answer : answers_with_bad_codes(form)) all.push_back(std::move(answer));
  return all;
}

}  // namespace salam::upstream
