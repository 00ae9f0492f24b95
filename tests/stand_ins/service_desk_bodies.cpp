#include "tests/stand_ins/service_desk_bodies.h"

#include <algorithm>
#include <array>

#include <rapidjson/document.h>

#include "tests/stand_ins/text.h"

namespace salam::stand_ins::desk {

namespace {

using Value = rapidjson::Value;

constexpr const char* no_object = "the body is no JSON object";

bool parse_object(rapidjson::Document& document, std::string_view body) {
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
  return !document.HasParseError() && document.IsObject();
}

enum class Type { text, text_or_null, number_or_null, integer, object };
struct Member {
  std::string_view name;
  Type type;
  bool required = false;
};

bool fits(const Value& value, Type type) {
  switch (type) {
    case Type::text:
      return value.IsString();
    case Type::text_or_null:
      return value.IsString() || value.IsNull();
    case Type::number_or_null:
      return value.IsNumber() || value.IsNull();
    case Type::integer:
      return value.IsInt();
    case Type::object:
      return value.IsObject();
  }
  return false;
}

std::string_view text_of(const Value& value) { return {value.GetString(), value.GetStringLength()}; }

void keep(Fields& fields, std::string name, const Value& value) {
  if (value.IsString()) {
    fields.emplace_back(std::move(name), text_of(value));
  } else if (value.IsInt()) {
    fields.emplace_back(std::move(name), std::to_string(value.GetInt()));
  } else if (value.IsNumber()) {
    fields.emplace_back(std::move(name), std::to_string(value.GetDouble()));
  }
}

/// Checks one object against what the contract says of it and keeps its values; answers with what is wrong.
template <std::size_t size>
std::optional<std::string> read_object(const Value& object, const std::array<Member, size>& members, const std::string& prefix,
                                       Fields& fields) {
  for (const auto& member : members) {
    if (member.required && !object.HasMember(member.name.data())) return prefix + std::string(member.name) + " is required";
  }
  for (const auto& [key, value] : object.GetObject()) {
    std::string name = prefix + key.GetString();
    auto known = std::ranges::find(members, text_of(key), &Member::name);
    if (known == members.end()) return name + " is not known";
    if (!fits(value, known->type)) return name + " has the wrong type";
    keep(fields, name, value);
  }
  return std::nullopt;
}

constexpr std::array<Member, 10> ticket_members{{{"external_id", Type::text, true},
                                                 {"title", Type::text, true},
                                                 {"description", Type::text, true},
                                                 {"kind", Type::text, true},
                                                 {"category", Type::text_or_null},
                                                 {"region", Type::text, true},
                                                 {"applicant", Type::object},
                                                 {"place", Type::object},
                                                 {"source", Type::object},
                                                 {"received_at", Type::text, true}}};
constexpr std::array<Member, 4> applicant_members{
    {{"name", Type::text_or_null}, {"mobile", Type::text_or_null}, {"phone", Type::text_or_null}, {"national_id", Type::text_or_null}}};
constexpr std::array<Member, 3> place_members{
    {{"address", Type::text_or_null}, {"latitude", Type::number_or_null}, {"longitude", Type::number_or_null}}};
constexpr std::array<Member, 3> source_members{{{"meeting", Type::text}, {"form", Type::text}, {"item", Type::integer}}};
constexpr std::array<std::string_view, 5> kinds{"request", "complaint", "suggestion", "criticism", "thanks"};

bool is_region(std::string_view text) {
  auto number = to_integer(text);
  return text == "nazhvan" || (number && *number >= 1 && *number <= 15 && text[0] != '0');
}
constexpr std::array<Member, 13> amendment_members{{{"external_id", Type::text, true},
                                                    {"number", Type::integer, true},
                                                    {"text", Type::text, true},
                                                    {"title", Type::text, true},
                                                    {"description", Type::text, true},
                                                    {"kind", Type::text, true},
                                                    {"category", Type::text_or_null},
                                                    {"region", Type::text, true},
                                                    {"applicant", Type::object},
                                                    {"place", Type::object},
                                                    {"assignment", Type::object},
                                                    {"answer", Type::text_or_null},
                                                    {"media_urls", Type::text_or_null}}};
constexpr std::array<Member, 3> assignment_members{
    {{"unit", Type::text_or_null}, {"due", Type::text_or_null}, {"explanation", Type::text_or_null}}};

template <std::size_t size>
std::optional<std::string> read_part(const Value& object, const char* name, const std::array<Member, size>& members, Fields& fields) {
  auto member = object.FindMember(name);
  return member == object.MemberEnd() ? std::nullopt : read_object(member->value, members, std::string(name) + ".", fields);
}

std::optional<std::string> wrong_values(const Fields& fields) {
  if (std::ranges::count(kinds, value_of(fields, "kind")) == 0) return "kind is not known";
  if (!is_region(value_of(fields, "region"))) return "region is not known";
  auto mobile = value_of(fields, "applicant.mobile");
  if (!mobile.empty() && !(mobile.starts_with("+989") && mobile.size() == 13)) return "applicant.mobile is not E.164";
  return std::nullopt;
}

/// The code of a ticket and the amendment's number.
bool is_mark(std::string_view text, std::string_view number) {
  auto dash = text.find('-');
  return dash != std::string_view::npos && is_external_id(text.substr(0, dash)) && text.substr(dash + 1) == number && number[0] >= '1';
}

bool is_date(const std::string& text) { return parse_w3c_time(text + "T00:00:00Z").has_value(); }

}  // namespace

bool is_external_id(std::string_view text) {
  return text.size() == 10 && text[0] >= '1' && text[0] <= '8' && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::string> read_ticket(std::string_view body, Fields& fields) {
  rapidjson::Document document;
  if (!parse_object(document, body)) return no_object;
  if (auto wrong = read_object(document, ticket_members, "", fields)) return wrong;
  if (auto wrong = read_part(document, "applicant", applicant_members, fields)) return wrong;
  if (auto wrong = read_part(document, "place", place_members, fields)) return wrong;
  if (auto wrong = read_part(document, "source", source_members, fields)) return wrong;
  if (!is_external_id(value_of(fields, "external_id"))) return "external_id is no tracking code";
  if (auto wrong = wrong_values(fields)) return wrong;
  if (!parse_w3c_time(std::string(value_of(fields, "received_at")))) return "received_at is not RFC 3339";
  return std::nullopt;
}

std::optional<std::string> read_amendment(std::string_view body, Fields& fields) {
  rapidjson::Document document;
  if (!parse_object(document, body)) return no_object;
  if (auto wrong = read_object(document, amendment_members, "", fields)) return wrong;
  if (auto wrong = read_part(document, "applicant", applicant_members, fields)) return wrong;
  if (auto wrong = read_part(document, "place", place_members, fields)) return wrong;
  if (auto wrong = read_part(document, "assignment", assignment_members, fields)) return wrong;
  if (!is_mark(value_of(fields, "external_id"), value_of(fields, "number"))) return "external_id is no code and number";
  auto due = std::string(value_of(fields, "assignment.due"));
  if (!due.empty() && !is_date(due)) return "assignment.due is no RFC 3339 full-date";
  return wrong_values(fields);
}

}  // namespace salam::stand_ins::desk
