#include "tests/stand_ins/open311.h"

#include <algorithm>
#include <cmath>

#include "tests/stand_ins/json.h"
#include "tests/stand_ins/open311_answers.h"
#include "tests/stand_ins/open311_updates.h"
#include "tests/stand_ins/services.h"
#include "tests/stand_ins/xml.h"

namespace salam::stand_ins {

namespace {

using open311::error;
using open311::invalid;
using open311::not_found;

constexpr std::string_view base_path = "/open311/v2";
constexpr std::string_view jurisdiction = "isfahan";
constexpr std::string_view external_id_attribute = "attribute[external_id]";
constexpr std::string_view out_of_scope = "این موضوع قابلیت ثبت در سامانه ۱۳۷ را ندارد";
constexpr std::size_t most_rows = 1'000;
constexpr std::size_t usual_page = 50;
constexpr auto longest_span = std::chrono::hours(24 * 90);

Response faulty(const Fault& fault) {
  bool refusal = fault.mode == Mode::refuse;
  std::string_view text = !fault.text.empty() ? std::string_view(fault.text) : refusal ? out_of_scope : "The case system is down.";
  return refusal ? error(400, "not_accepted", text) : error(fault.status, std::to_string(fault.status), text);
}

const Service* find_service(std::string_view code) {
  auto found = std::ranges::find(services, code, &Service::code);
  return found == services.end() ? nullptr : &*found;
}

bool is_degree(std::string_view text, double most) {
  auto number = to_number(text);
  return number && std::abs(*number) <= most;
}

std::optional<Response> wrong_location(const Fields& fields) {
  auto latitude = value_of(fields, "lat");
  auto longitude = value_of(fields, "long");
  if (latitude.empty() != longitude.empty()) return invalid("lat and long belong together");
  if (!latitude.empty() && !(is_degree(latitude, 90) && is_degree(longitude, 180))) return invalid("lat and long must be WGS 84 degrees");
  if (latitude.empty() && value_of(fields, "address_string").empty() && value_of(fields, "address_id").empty()) {
    return invalid("a location is required: lat and long, address_string, or address_id");
  }
  return std::nullopt;
}

/// What is posted is a form of either kind, with files in the field `media` of a multipart one.
std::optional<Response> read_form(const Request& request, Form& form) {
  if (request.media_type() == "multipart/form-data") {
    if (auto wrong = read_multipart(request, form)) return invalid(*wrong);
    if (!std::ranges::all_of(form.files, [](const auto& file) { return file.field == "media"; })) return invalid("files go in media");
    return std::nullopt;
  }
  if (request.media_type() != "application/x-www-form-urlencoded") {
    return error(415, "415", "application/x-www-form-urlencoded or multipart/form-data is needed");
  }
  auto fields = parse_form(request.body);
  if (!fields) return invalid("the form is not well-formed UTF-8");
  form.fields = std::move(*fields);
  return std::nullopt;
}

std::optional<Response> wrong_jurisdiction(const Fields& fields) {
  auto asked = value_of(fields, "jurisdiction_id");
  if (asked.empty() || asked == jurisdiction) return std::nullopt;
  return not_found("jurisdiction_id was not found");
}

std::optional<Response> wrong_submission(const Fields& fields, const std::string& api_key) {
  if (value_of(fields, "api_key") != api_key) return error(403, "403", "api_key is missing or wrong");
  if (auto wrong = wrong_jurisdiction(fields)) return wrong;
  auto code = value_of(fields, "service_code");
  if (code.empty()) return invalid("service_code is required");
  if (!find_service(code)) return not_found("service_code was not found");
  if (auto wrong = wrong_location(fields)) return wrong;
  return open311::wrong_description(value_of(fields, "description"));
}

void write_service(Json& json, const Service& service) {
  json.open_object().member("service_code", service.code).member("service_name", service.name).member("description", service.name);
  json.key("metadata").boolean(true).member("type", "realtime").member("keywords", service.code).member("group", service.group);
  json.close_object();
}

Response service_list() {
  Json json;
  json.open_array();
  for (const auto& service : services) write_service(json, service);
  return {200, json.close_array().take()};
}

Response service_definition(std::string_view code) {
  if (!find_service(code)) return not_found("service_code was not found");
  Json json;
  json.open_object().member("service_code", code).key("attributes").open_array().open_object();
  json.key("variable").boolean(true).member("code", "external_id").member("datatype", "string").key("required").boolean(false);
  json.key("datatype_description").null().member("order", 1).member("description", "کد پیگیری فرستنده").key("values").open_array();
  return {200, json.close_array().close_object().close_array().close_object().take()};
}

Response discovery() {
  Json json;
  json.open_object()
      .member("changeset", "2026-11-01T00:00:00Z")
      .member("contact", "")
      .member("key_service", "")
      .key("endpoints")
      .open_array();
  json.open_object().member("specification", "http://wiki.open311.org/GeoReport_v2").member("url", base_path);
  json.member("changeset", "2026-11-01T00:00:00Z")
      .member("type", "test")
      .key("formats")
      .open_array()
      .text("application/json")
      .text("text/xml");
  return {200, json.close_array().close_object().close_array().close_object().take()};
}

void write_or_null(Json& json, std::string_view name, std::string_view value) {
  json.key(name);
  value.empty() ? json.null() : json.text(value);
}

void write_request(Json& json, const Registration& registration, const Pace& pace) {
  const auto* service = find_service(registration.category);
  auto step = steps_of(registration, pace, std::chrono::system_clock::now()).back();
  json.open_object().member("service_request_id", registration.code).member("status", step.status);
  write_or_null(json, "status_notes", step.notes);
  json.member("service_name", service->name).member("service_code", registration.category);
  write_or_null(json, "description", value_of(registration.fields, "description"));
  json.key("agency_responsible").null().key("service_notice").null();
  json.member("requested_datetime", w3c_time(registration.at)).member("updated_datetime", w3c_time(step.at));
  json.key("expected_datetime").null();
  write_or_null(json, "address", value_of(registration.fields, "address_string"));
  write_or_null(json, "lat", value_of(registration.fields, "lat"));
  write_or_null(json, "long", value_of(registration.fields, "long"));
  write_or_null(json, "media_url", value_of(registration.fields, "media_url"));
  json.key("attributes").open_object();
  if (!registration.external_id.empty()) json.member("external_id", registration.external_id);
  json.close_object().close_object();
}

/// What a list was asked for; unknown parameters are ignored, as real servers do.
struct Filter {
  std::string_view ids;
  std::string_view service_code;
  std::string_view status;
  std::string_view external_id;
  Pace pace{};
  std::optional<Time> start{};
  std::optional<Time> end{};
  std::size_t page = 1;
  std::size_t page_size = most_rows;

  [[nodiscard]] bool takes(const Registration& registration, Time now) const {
    if (registration.visible_at > now) return false;
    if (!ids.empty()) return listed(registration.code);
    bool closed = steps_of(registration, pace, now).back().status == "closed";
    if ((status == "closed" && !closed) || (status == "open" && closed)) return false;
    if (!service_code.empty() && registration.category != service_code) return false;
    if (!external_id.empty() && registration.external_id != external_id) return false;
    return registration.at >= start.value_or(now - longest_span) && (!end || registration.at <= *end);
  }

 private:
  [[nodiscard]] bool listed(std::string_view code) const {
    bool found = false;
    for_each_code(ids, [&](std::string_view id) { found = found || id == code; });
    return found;
  }
};

std::optional<Response> read_pages(Filter& filter, const Fields& query) {
  auto page = value_of(query, "page");
  auto page_size = value_of(query, "page_size");
  auto number = to_integer(page.empty() ? "1" : page);
  auto size = to_integer(page_size.empty() ? (page.empty() ? std::to_string(most_rows) : std::to_string(usual_page)) : page_size);
  if (!number || *number < 1) return invalid("page must be 1 or more");
  if (!size || *size < 1 || *size > static_cast<std::int64_t>(most_rows)) return invalid("page_size must be from 1 to 1000");
  filter.page = static_cast<std::size_t>(*number);
  filter.page_size = static_cast<std::size_t>(*size);
  return std::nullopt;
}

std::optional<Response> read_dates(Filter& filter, const Fields& query) {
  if (auto wrong = open311::read_time(query, "start_date", filter.start)) return wrong;
  if (auto wrong = open311::read_time(query, "end_date", filter.end)) return wrong;
  if (filter.start && filter.end && *filter.end - *filter.start > longest_span)
    return invalid("start_date and end_date are more than 90 days apart");
  return std::nullopt;
}

void say_in_xml(std::string_view path, Response& response) {
  if (response.status >= 400) return say_in_xml(response, "errors", "error");
  if (path == "/discovery") return say_in_xml(response, "discovery", {});
  if (path == "/services") return say_in_xml(response, "services", "service");
  if (path.starts_with("/services/")) return say_in_xml(response, "service_definition", {});
  if (path == "/servicerequestupdates") return say_in_xml(response, "service_request_updates", "request_update");
  say_in_xml(response, "service_requests", "request");
}

}  // namespace

Open311::Open311(Settings settings, LedgerFile& file)
    : Site(Faults("register", {Mode::lookup_lag, Mode::truncate_list, Mode::lookup_all, Mode::lookup_nothing, Mode::drop_external_id,
                               Mode::token, Mode::no_id, Mode::stays_open})),
      settings_(std::move(settings)),
      registry_("137", "", 14'050'001, settings_.detail, file) {}

Answer Open311::serve(const Request& request) {
  std::string_view path = request.path;
  if (!path.starts_with(base_path)) return {not_found("nothing is here")};
  path.remove_prefix(base_path.size());
  auto suffix = path.substr(std::min(path.rfind('.'), path.size()));
  if (suffix != ".json" && suffix != ".xml") return {not_found("only JSON and XML are spoken here")};
  path.remove_suffix(suffix.size());
  auto answer = serve_json(request, path);
  if (suffix == ".xml") say_in_xml(path, answer.response);
  return answer;
}

Answer Open311::serve_json(const Request& request, std::string_view path) {
  if (path == "/requests" && request.method == "POST") return submit(request);
  if (path == "/servicerequestupdates" && request.method == "POST") return update(request);
  if (request.method != "GET") return {error(405, "405", "this method is not known here")};
  auto query = parse_form(request.query);
  if (!query) return {invalid("the query is not well-formed")};
  if (auto wrong = wrong_jurisdiction(*query)) return {std::move(*wrong)};
  if (path == "/discovery") return {discovery()};
  if (path == "/services") return answer_under(faults_.pick("services", ""), service_list, faulty);
  if (path.starts_with("/services/")) return {service_definition(path.substr(10))};
  if (path == "/requests") return list(*query);
  if (path == "/servicerequestupdates") {
    auto fault = faults_.pick("status", "");
    return answer_under(
        fault, [&] { return open311::list_updates(*query, registry_, settings_.pace, fault); }, faulty);
  }
  if (path.starts_with("/requests/")) return read_one(path.substr(10));
  if (path.starts_with("/tokens/")) return read_token(path.substr(8));
  return {not_found("nothing is here")};
}

Answer Open311::submit(const Request& request) {
  Form form;
  if (auto wrong = read_form(request, form)) return {std::move(*wrong)};
  const auto& fields = form.fields;
  if (auto wrong = wrong_submission(fields, settings_.api_key)) return {std::move(*wrong)};
  auto category = value_of(fields, "service_code");
  auto external_id = value_of(fields, external_id_attribute);
  std::string text = std::string(category) + '\n' + std::string(external_id) + '\n' + std::string(value_of(fields, "description"));
  auto fault = faults_.pick_with_files("register", !form.files.empty(), text);
  return answer_under(
      fault, [&] { return file(form, fault); }, faulty);
}

Response Open311::file(const Form& form, const std::optional<Fault>& fault) {
  const auto& fields = form.fields;
  auto category = value_of(fields, "service_code");
  auto external_id = value_of(fields, external_id_attribute);
  if (std::ranges::count(settings_.refused_categories, category) > 0) return error(400, "not_accepted", out_of_scope);
  auto known = registry_.by_external_id(external_id);
  if (settings_.unique_external_id && !known.empty()) {
    Json json;
    json.open_array().open_object().member("code", "already_exists").member("description", "external_id is registered");
    return {409, json.member("service_request_id", known.front()->code).close_object().close_array().take()};
  }
  Registration registration;
  registration.category = category;
  if (!is(fault, Mode::drop_external_id)) registration.external_id = external_id;
  registration.stays_open = is(fault, Mode::stays_open);
  registration.at = std::chrono::system_clock::now();
  registration.visible_at = registration.at + (is(fault, Mode::lookup_lag) || is(fault, Mode::token) ? fault->ms : Milliseconds(0));
  if (fault) registration.visible_at += fault->lag;
  if (is(fault, Mode::token)) registration.token = "T" + std::to_string(next_token_++);
  registration.files = form.files;
  std::ranges::copy_if(fields, std::back_inserter(registration.fields), [](const auto& field) { return field.first != "api_key"; });
  if (is(fault, Mode::duplicate)) registry_.add(registration);
  const auto& filed = registry_.add(std::move(registration));

  Json json;
  json.open_array().open_object();
  if (!filed.token.empty()) {
    json.member("token", filed.token);
  } else if (!is(fault, Mode::no_id)) {
    json.member("service_request_id", filed.code);
  }
  json.key("service_notice").null().key("account_id").null().close_object().close_array();
  return {201, json.take()};
}

Answer Open311::update(const Request& request) {
  Form form;
  if (auto wrong = read_form(request, form)) return {std::move(*wrong)};
  const auto& fields = form.fields;
  if (value_of(fields, "api_key") != settings_.api_key) return {error(403, "403", "api_key is missing or wrong")};
  if (auto wrong = wrong_jurisdiction(fields)) return {std::move(*wrong)};
  if (auto wrong = open311::wrong_update(fields, registry_)) return {std::move(*wrong)};
  const auto text = std::string(value_of(fields, "update_id")) + '\n' + std::string(value_of(fields, "description"));
  auto fault = faults_.pick_with_files("amend", !form.files.empty(), text);
  return answer_under(
      fault, [&] { return open311::post_update(form, registry_, fault); }, faulty);
}

Answer Open311::list(const Fields& query) {
  Filter filter{.ids = value_of(query, "service_request_id"),
                .service_code = value_of(query, "service_code"),
                .status = value_of(query, "status"),
                .external_id = value_of(query, external_id_attribute),
                .pace = settings_.pace};
  auto wrong = read_pages(filter, query);
  if (!wrong) wrong = read_dates(filter, query);
  if (wrong) return {std::move(*wrong)};
  auto fault = filter.ids.empty() ? faults_.pick("look_up", filter.external_id) : faults_.pick("status", filter.ids);
  auto act = [&] {
    if (is(fault, Mode::lookup_all)) filter.external_id = {};
    auto now = std::chrono::system_clock::now();
    auto first = (filter.page - 1) * filter.page_size;
    auto room = is(fault, Mode::lookup_nothing)  ? 0
                : is(fault, Mode::truncate_list) ? std::min(fault->limit, filter.page_size)
                                                 : filter.page_size;
    std::size_t seen = 0;
    Json json;
    json.open_array();
    auto show = [&](const Registration& registration) {
      if (!filter.takes(registration, now) || seen++ < first) return;
      write_request(json, registration, settings_.pace);
      --room;
    };
    if (!filter.external_id.empty()) {
      for (const auto* registration : registry_.by_external_id(filter.external_id)) {
        if (room > 0) show(*registration);
      }
    } else {
      const auto& all = registry_.all();
      for (auto next = all.rbegin(); next != all.rend() && room > 0; ++next) show(*next);
    }
    return Response{200, json.close_array().take()};
  };
  return answer_under(fault, act, faulty);
}

Answer Open311::read_one(std::string_view code) {
  const auto* found = registry_.by_code(code);
  if (!found || found->visible_at > std::chrono::system_clock::now()) return {not_found("service_request_id was not found")};
  Json json;
  json.open_array();
  write_request(json, *found, settings_.pace);
  return {{200, json.close_array().take()}};
}

Answer Open311::read_token(std::string_view token) {
  auto act = [&]() -> Response {
    const auto* found = registry_.by_token(token);
    if (!found || found->visible_at > std::chrono::system_clock::now()) return not_found("token was not found");
    Json json;
    json.open_array().open_object().member("service_request_id", found->code).member("token", token);
    return {200, json.close_object().close_array().take()};
  };
  return answer_under(faults_.pick("poll", token), act, faulty);
}

}  // namespace salam::stand_ins
