#include "tests/stand_ins/open311_updates.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <vector>

#include "tests/stand_ins/json.h"
#include "tests/stand_ins/open311_answers.h"

namespace salam::stand_ins::open311 {

namespace {

struct Update {
  std::string id;
  std::string request;
  std::string status;
  std::string description;
  Time at{};
  std::string media_url{};
};

void add_steps(std::vector<Update>& updates, const Registration& registration, const Pace& pace, Time now) {
  auto steps = steps_of(registration, pace, now);
  for (std::size_t i = 1; i < steps.size(); ++i) {
    updates.push_back({registration.code + "-" + std::to_string(i), registration.code, std::string(steps[i].status),
                       std::string(steps[i].notes), steps[i].at});
  }
}

Update update_of(const Amendment& amendment) {
  return {amendment.id,
          amendment.code,
          std::string(value_of(amendment.fields, "status")),
          std::string(value_of(amendment.fields, "description")),
          amendment.at,
          std::string(value_of(amendment.fields, "media_url"))};
}

std::vector<Update> all_updates(const Registry& registry, const Pace& pace) {
  auto now = std::chrono::system_clock::now();
  std::vector<Update> updates;
  for (const auto& amendment : registry.amendments()) {
    if (amendment.visible_at <= now) updates.push_back(update_of(amendment));
  }
  for (const auto& registration : registry.all()) {
    if (registration.visible_at <= now) add_steps(updates, registration, pace, now);
  }
  return updates;
}

}  // namespace

Response list_updates(const Fields& query, const Registry& registry, const Pace& pace, const std::optional<Fault>& fault) {
  std::optional<Time> start;
  std::optional<Time> end;
  if (auto wrong = read_time(query, "start_date", start)) return std::move(*wrong);
  if (auto wrong = read_time(query, "end_date", end)) return std::move(*wrong);
  if (!start || !end) return invalid("start_date and end_date are required");
  auto updates = all_updates(registry, pace);
  // Times are told in whole seconds.
  std::erase_if(updates, [&](const Update& update) { return update.at < *start || update.at >= *end + std::chrono::seconds(1); });
  std::ranges::stable_sort(updates, {}, &Update::at);
  if (is(fault, Mode::lookup_nothing)) updates.clear();
  if (is(fault, Mode::truncate_list)) updates.resize(std::min(updates.size(), fault->limit));
  Json json;
  json.open_array();
  for (const auto& update : updates) {
    json.open_object().member("update_id", update.id).member("service_request_id", update.request).member("status", update.status);
    json.member("updated_datetime", w3c_time(update.at)).member("description", update.description);
    json.member("media_url", update.media_url).close_object();
  }
  return {200, json.close_array().take()};
}

std::optional<Response> wrong_update(const Fields& fields, const Registry& registry) {
  for (const auto* name : {"service_request_id", "update_id", "updated_datetime", "status", "description"}) {
    if (value_of(fields, name).empty()) return invalid(std::string(name) + " is required");
  }
  std::optional<Time> at;
  if (auto wrong = read_time(fields, "updated_datetime", at)) return wrong;
  constexpr std::array statuses{"open", "closed", "in_progress"};
  if (std::ranges::find(statuses, value_of(fields, "status")) == statuses.end()) return invalid("status is not known");
  if (auto wrong = wrong_description(value_of(fields, "description"))) return wrong;
  if (registry.by_code(value_of(fields, "service_request_id")) == nullptr) return not_found("service_request_id was not found");
  return std::nullopt;
}

Response post_update(const Form& form, Registry& registry, const std::optional<Fault>& fault) {
  const auto& fields = form.fields;
  Amendment amendment;
  amendment.files = form.files;
  amendment.sent_as = value_of(fields, "update_id");
  amendment.id = is(fault, Mode::drop_external_id) ? "U" + std::to_string(registry.amendments().size() + 1) : amendment.sent_as;
  amendment.code = value_of(fields, "service_request_id");
  amendment.at = parse_w3c_time(std::string(value_of(fields, "updated_datetime"))).value_or(Time{});
  amendment.visible_at = std::chrono::system_clock::now() + (is(fault, Mode::lookup_lag) ? fault->ms : Milliseconds(0));
  if (fault) amendment.visible_at += fault->lag;
  std::ranges::copy_if(fields, std::back_inserter(amendment.fields), [](const auto& field) { return field.first != "api_key"; });
  auto id = amendment.id;
  if (is(fault, Mode::duplicate)) registry.amend(amendment);
  registry.amend(std::move(amendment));
  Json json;
  json.open_array().open_object().key("update_id");
  is(fault, Mode::no_id) ? json.null() : json.text(id);
  return {200, json.close_object().close_array().take()};
}

}  // namespace salam::stand_ins::open311
