#include "tests/stand_ins/service_desk.h"

#include <algorithm>
#include <array>

#include <rapidjson/document.h>

#include "tests/stand_ins/json.h"

namespace salam::stand_ins {

namespace {

constexpr std::string_view tickets_path = "/api/v1/tickets";
constexpr std::string_view status_path = "/api/v1/tickets/status";
constexpr std::size_t most_codes = 50;
constexpr std::size_t tickets_on_a_page = 20;

using Value = rapidjson::Value;

Response error(int status, std::string_view code, std::string_view message) {
  Json json;
  json.open_object().key("error").open_object().member("code", code).member("message", message).close_object().close_object();
  return {status, json.take()};
}
Response invalid(std::string_view message) { return error(400, "invalid", message); }
Response not_accepted() { return error(422, "not_accepted", "این موضوع در میز خدمت پذیرفته نمی‌شود"); }

Response faulty(const Fault& fault) {
  if (fault.mode == Mode::refuse && fault.text.empty()) return not_accepted();
  if (fault.mode == Mode::refuse) return error(422, "not_accepted", fault.text);
  return error(fault.status, fault.status == 401 ? "unauthorized" : "unavailable",
               fault.text.empty() ? "میز خدمت در دسترس نیست" : fault.text);
}

bool is_external_id(std::string_view text) {
  return text.size() == 10 && text[0] >= '1' && text[0] <= '8' && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
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

std::optional<std::string> read_ticket(std::string_view body, Fields& fields) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
  if (document.HasParseError() || !document.IsObject()) return "the body is no JSON object";
  if (auto wrong = read_object(document, ticket_members, "", fields)) return wrong;
  auto part = [&](const char* name, const auto& members) -> std::optional<std::string> {
    auto member = document.FindMember(name);
    return member == document.MemberEnd() ? std::nullopt : read_object(member->value, members, std::string(name) + ".", fields);
  };
  if (auto wrong = part("applicant", applicant_members)) return wrong;
  if (auto wrong = part("place", place_members)) return wrong;
  if (auto wrong = part("source", source_members)) return wrong;
  if (!is_external_id(value_of(fields, "external_id"))) return "external_id is no tracking code";
  if (std::ranges::count(kinds, value_of(fields, "kind")) == 0) return "kind is not known";
  if (!is_region(value_of(fields, "region"))) return "region is not known";
  auto mobile = value_of(fields, "applicant.mobile");
  if (!mobile.empty() && !(mobile.starts_with("+989") && mobile.size() == 13)) return "applicant.mobile is not E.164";
  if (!parse_w3c_time(std::string(value_of(fields, "received_at")))) return "received_at is not RFC 3339";
  return std::nullopt;
}

void write_ticket(Json& json, const Registration& registration, const Pace& pace) {
  auto step = steps_of(registration, pace, std::chrono::system_clock::now()).back();
  json.open_object().member("code", registration.code).member("external_id", registration.external_id).member("status", step.status);
  json.member("created_at", w3c_time(registration.at)).close_object();
}

void write_status(Json& json, const Registration& registration, const Pace& pace) {
  auto step = steps_of(registration, pace, std::chrono::system_clock::now()).back();
  json.open_object().member("code", registration.code).member("status", step.status).key("note");
  step.notes.empty() ? json.null() : json.text(step.notes);
  json.member("updated_at", w3c_time(step.at)).close_object();
}

}  // namespace

ServiceDesk::ServiceDesk(Settings settings, LedgerFile& file)
    : Site(Faults("register", {Mode::lookup_lag, Mode::truncate_list, Mode::lookup_all, Mode::lookup_nothing, Mode::drop_external_id,
                               Mode::no_id, Mode::stays_open})),
      settings_(std::move(settings)),
      registry_("service_desk", "SD-", 100'234, settings_.detail, file) {}

Answer ServiceDesk::serve(const Request& request) {
  if (request.path != tickets_path && request.path != status_path) return {error(404, "not_found", "nothing is here")};
  if (request.header("X-Api-Key") != settings_.api_key) return {error(401, "unauthorized", "X-Api-Key is missing or wrong")};
  if (request.path == status_path && request.method == "GET") return read_status(request);
  if (request.path == status_path) return {error(405, "method_not_allowed", "only GET is known here")};
  if (request.method == "POST") return create(request);
  if (request.method == "GET") return find(request);
  Answer answer{error(405, "method_not_allowed", "GET and POST only")};
  answer.response.headers.emplace_back("Allow", "GET, POST");
  return answer;
}

Answer ServiceDesk::create(const Request& request) {
  if (request.media_type() != "application/json") return {error(415, "unsupported_media_type", "application/json is needed")};
  Fields fields;
  if (auto wrong = read_ticket(request.body, fields)) return {invalid(*wrong)};
  std::string text = std::string(value_of(fields, "category")) + '\n' + std::string(value_of(fields, "external_id")) + '\n' +
                     std::string(value_of(fields, "title")) + '\n' + std::string(value_of(fields, "description"));
  auto fault = faults_.pick("register", text);
  return answer_under(
      fault, [&] { return file(fields, fault); }, faulty);
}

Response ServiceDesk::file(const Fields& fields, const std::optional<Fault>& fault) {
  auto category = value_of(fields, "category");
  auto external_id = value_of(fields, "external_id");
  if (std::ranges::count(settings_.refused_categories, category) > 0) return not_accepted();
  auto known = registry_.by_external_id(external_id);
  if (!known.empty()) {
    Json json;
    json.open_object().key("error").open_object().member("code", "already_exists").member("message", "external_id is registered");
    write_ticket(json.close_object().key("ticket"), *known.front(), settings_.pace);
    return {409, json.close_object().take()};
  }
  Registration registration;
  registration.category = category;
  if (!is(fault, Mode::drop_external_id)) registration.external_id = external_id;
  registration.stays_open = is(fault, Mode::stays_open);
  registration.at = std::chrono::system_clock::now();
  registration.visible_at = registration.at + (is(fault, Mode::lookup_lag) ? fault->ms : Milliseconds(0));
  if (fault) registration.visible_at += fault->lag;
  registration.fields = fields;
  if (is(fault, Mode::duplicate)) registry_.add(registration);
  const auto& filed = registry_.add(std::move(registration));

  Json json;
  json.open_object().key("ticket");
  if (is(fault, Mode::no_id)) {
    json.open_object().member("external_id", external_id).close_object();
  } else {
    write_ticket(json, filed, settings_.pace);
  }
  return {201, json.close_object().take()};
}

Answer ServiceDesk::find(const Request& request) {
  auto query = parse_form(request.query);
  auto external_id = query ? value_of(*query, "external_id") : std::string_view{};
  if (!is_external_id(external_id)) return {invalid("external_id is required: a tracking code")};
  auto asked_page = value_of(*query, "page");
  auto page = to_integer(asked_page.empty() ? "1" : asked_page);
  if (!page || *page < 1) return {invalid("page must be 1 or more")};
  auto fault = faults_.pick("look_up", external_id);
  auto act = [&] {
    std::vector<const Registration*> found;
    if (is(fault, Mode::lookup_all)) {
      for (const auto& each : registry_.all()) found.push_back(&each);
    } else if (!is(fault, Mode::lookup_nothing)) {
      found = registry_.by_external_id(external_id);
    }
    std::erase_if(found, [now = std::chrono::system_clock::now()](const auto* each) { return each->visible_at > now; });
    auto first = std::min(found.size(), static_cast<std::size_t>(*page - 1) * tickets_on_a_page);
    auto last =
        std::min(found.size(), first + (is(fault, Mode::truncate_list) ? std::min(fault->limit, tickets_on_a_page) : tickets_on_a_page));
    Json json;
    json.open_object().key("tickets").open_array();
    for (auto i = first; i < last; ++i) write_ticket(json, *found[i], settings_.pace);
    json.close_array().key("next_page");
    last < found.size() && !is(fault, Mode::truncate_list) ? json.number(*page + 1) : json.null();
    return Response{200, json.close_object().take()};
  };
  return answer_under(fault, act, faulty);
}

Answer ServiceDesk::read_status(const Request& request) {
  auto query = parse_form(request.query);
  auto list = query ? value_of(*query, "codes") : std::string_view{};
  std::vector<std::string_view> codes;
  for_each_code(list, [&](std::string_view code) { codes.push_back(code); });
  if (codes.empty() || codes.size() > most_codes) return {invalid("codes is required: 1 to 50 of the desk's codes, commas between them")};
  auto fault = faults_.pick("status", list);
  auto act = [&] {
    if (is(fault, Mode::lookup_nothing)) codes.clear();
    if (is(fault, Mode::truncate_list)) codes.resize(std::min(codes.size(), fault->limit));
    auto now = std::chrono::system_clock::now();
    Json json;
    json.open_object().key("tickets").open_array();
    for (auto code : codes) {
      const auto* found = registry_.by_code(code);
      if (found != nullptr && found->visible_at <= now) write_status(json, *found, settings_.pace);
    }
    return Response{200, json.close_array().close_object().take()};
  };
  return answer_under(fault, act, faulty);
}

}  // namespace salam::stand_ins
