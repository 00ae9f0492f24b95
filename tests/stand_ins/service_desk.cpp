#include "tests/stand_ins/service_desk.h"

#include <algorithm>

#include "tests/stand_ins/json.h"
#include "tests/stand_ins/service_desk_bodies.h"

namespace salam::stand_ins {

namespace {

constexpr std::string_view tickets_path = "/api/v1/tickets";
constexpr std::string_view status_path = "/api/v1/tickets/status";
constexpr std::string_view amendments_suffix = "/amendments";
constexpr std::size_t most_codes = 50;
constexpr std::size_t tickets_on_a_page = 20;

using desk::is_external_id;

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

Response page_is_wrong() { return invalid("page must be 1 or more"); }

std::optional<std::int64_t> page_in(const Fields& query) {
  auto asked = value_of(query, "page");
  auto page = to_integer(asked.empty() ? "1" : asked);
  return page && *page >= 1 ? page : std::nullopt;
}

/// `SD-1` in `/api/v1/tickets/SD-1/amendments`; empty for other paths.
std::string_view code_in(std::string_view path) {
  if (!path.starts_with(tickets_path) || !path.ends_with(amendments_suffix)) return {};
  path.remove_prefix(tickets_path.size());
  path.remove_suffix(std::min(path.size(), amendments_suffix.size()));
  return path.starts_with('/') && path.find('/', 1) == std::string_view::npos ? path.substr(1) : std::string_view{};
}

using Reader = std::optional<std::string> (*)(std::string_view body, Fields& fields);

/// A ticket or an amendment with its files: itself as JSON in the part of that name, each file in a part `files`.
std::optional<std::string> read_parts(const Request& request, std::string_view name, Reader reader, Form& form) {
  Form parts;
  if (auto wrong = read_multipart(request, parts)) return wrong;
  if (parts.fields.size() != 1 || parts.fields.front().first != name) {
    return "one part " + std::string(name) + " is required, and no other but files";
  }
  if (!std::ranges::all_of(parts.files, [](const auto& file) { return file.field == "files"; })) return "files go in files";
  form.files = std::move(parts.files);
  return reader(parts.fields.front().second, form.fields);
}

std::optional<Response> read_body(const Request& request, std::string_view name, Reader reader, Form& form) {
  const bool multipart = request.media_type() == "multipart/form-data";
  if (!multipart && request.media_type() != "application/json") {
    return error(415, "unsupported_media_type", "application/json or multipart/form-data is needed");
  }
  auto wrong = multipart ? read_parts(request, name, reader, form) : reader(request.body, form.fields);
  return wrong ? std::optional(invalid(*wrong)) : std::nullopt;
}

void write_amendment(Json& json, const Amendment& amendment) {
  json.open_object().member("external_id", amendment.id).member("at", w3c_time(amendment.at)).close_object();
}

}  // namespace

ServiceDesk::ServiceDesk(Settings settings, LedgerFile& file)
    : Site(Faults("register", {Mode::lookup_lag, Mode::truncate_list, Mode::lookup_all, Mode::lookup_nothing, Mode::drop_external_id,
                               Mode::no_id, Mode::stays_open})),
      settings_(std::move(settings)),
      registry_("service_desk", "SD-", 100'234, settings_.detail, file) {}

Answer ServiceDesk::serve(const Request& request) {
  auto amended = code_in(request.path);
  bool is_status = request.path == status_path;
  if (request.path != tickets_path && !is_status && amended.empty()) return {error(404, "not_found", "nothing is here")};
  if (request.header("X-Api-Key") != settings_.api_key) return {error(401, "unauthorized", "X-Api-Key is missing or wrong")};
  if (request.method == "GET")
    return is_status ? read_status(request) : amended.empty() ? find(request) : find_amendments(request, amended);
  if (is_status) return {error(405, "method_not_allowed", "only GET is known here")};
  if (request.method == "POST") return amended.empty() ? create(request) : amend(request, amended);
  Answer answer{error(405, "method_not_allowed", "GET and POST only")};
  answer.response.headers.emplace_back("Allow", "GET, POST");
  return answer;
}

Answer ServiceDesk::create(const Request& request) {
  Form form;
  if (auto wrong = read_body(request, "ticket", desk::read_ticket, form)) return {std::move(*wrong)};
  const auto& fields = form.fields;
  std::string text = std::string(value_of(fields, "category")) + '\n' + std::string(value_of(fields, "external_id")) + '\n' +
                     std::string(value_of(fields, "title")) + '\n' + std::string(value_of(fields, "description"));
  auto fault = faults_.pick_with_files("register", !form.files.empty(), text);
  return answer_under(
      fault, [&] { return file(form, fault); }, faulty);
}

Response ServiceDesk::file(const Form& form, const std::optional<Fault>& fault) {
  const auto& fields = form.fields;
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
  registration.files = form.files;
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
  auto page = page_in(*query);
  if (!page) return {page_is_wrong()};
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

Answer ServiceDesk::amend(const Request& request, std::string_view code) {
  Form form;
  if (auto wrong = read_body(request, "amendment", desk::read_amendment, form)) return {std::move(*wrong)};
  Amendment amendment;
  amendment.fields = std::move(form.fields);
  amendment.files = std::move(form.files);
  const auto* registration = registry_.by_code(code);
  if (registration == nullptr) return {error(404, "not_found", "there is no such ticket")};
  amendment.id = amendment.sent_as = value_of(amendment.fields, "external_id");
  amendment.code = code;
  if (!registration->external_id.empty() && !amendment.id.starts_with(registration->external_id + "-")) {
    return {invalid("external_id belongs to another ticket")};
  }
  const auto text = amendment.id + '\n' + std::string(value_of(amendment.fields, "text"));
  auto fault = faults_.pick_with_files("amend", !amendment.files.empty(), text);
  auto act = [&] {
    amendment.at = std::chrono::system_clock::now();
    amendment.visible_at = amendment.at + (is(fault, Mode::lookup_lag) ? fault->ms : Milliseconds(0));
    if (fault) amendment.visible_at += fault->lag;
    if (is(fault, Mode::duplicate)) registry_.amend(amendment);
    bool is_new = registry_.amend(amendment);
    Json json;
    json.open_object().key("amendment");
    write_amendment(json, amendment);
    return Response{is_new ? 201 : 200, json.close_object().take()};
  };
  return answer_under(fault, act, faulty);
}

Answer ServiceDesk::find_amendments(const Request& request, std::string_view code) {
  auto query = parse_form(request.query);
  auto page = query ? page_in(*query) : std::nullopt;
  if (!page) return {page_is_wrong()};
  if (registry_.by_code(code) == nullptr) return {error(404, "not_found", "there is no such ticket")};
  auto fault = faults_.pick("look_up", code);
  auto act = [&] {
    std::vector<const Amendment*> found;
    for (const auto& each : registry_.amendments()) {
      if (each.code == code && each.visible_at <= std::chrono::system_clock::now()) found.push_back(&each);
    }
    if (is(fault, Mode::lookup_nothing)) found.clear();
    auto first = std::min(found.size(), static_cast<std::size_t>(*page - 1) * tickets_on_a_page);
    auto last = std::min(found.size(), first + (is(fault, Mode::truncate_list) ? fault->limit : tickets_on_a_page));
    Json json;
    json.open_object().key("amendments").open_array();
    for (auto i = first; i < last; ++i) write_amendment(json, *found[i]);
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
