#include "tests/stand_ins/open311_updates.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "tests/stand_ins/json.h"
#include "tests/stand_ins/open311_answers.h"

namespace salam::stand_ins::open311 {

std::vector<Updates::Update> Updates::of(const Registration& registration, const Pace& pace, Time now) {
  std::vector<Update> updates;
  auto steps = steps_of(registration, pace, now);
  for (std::size_t i = 1; i < steps.size(); ++i) {
    updates.push_back({registration.code + "-" + std::to_string(i), registration.code, std::string(steps[i].status),
                       std::string(steps[i].notes), steps[i].at});
  }
  return updates;
}

Response Updates::list(const Fields& query, const Registry& registry, const Pace& pace) const {
  std::optional<Time> start;
  std::optional<Time> end;
  if (auto wrong = read_time(query, "start_date", start)) return std::move(*wrong);
  if (auto wrong = read_time(query, "end_date", end)) return std::move(*wrong);
  if (!start || !end) return invalid("start_date and end_date are required");
  auto now = std::chrono::system_clock::now();
  auto updates = posted_;
  for (const auto& registration : registry.all()) {
    if (registration.visible_at <= now) std::ranges::move(of(registration, pace, now), std::back_inserter(updates));
  }
  // Times are told in whole seconds.
  std::erase_if(updates, [&](const Update& update) { return update.at < *start || update.at >= *end + std::chrono::seconds(1); });
  std::ranges::stable_sort(updates, {}, &Update::at);
  Json json;
  json.open_array();
  for (const auto& update : updates) {
    json.open_object().member("update_id", update.id).member("service_request_id", update.request).member("status", update.status);
    json.member("updated_datetime", w3c_time(update.at)).member("description", update.description).member("media_url", "").close_object();
  }
  return {200, json.close_array().take()};
}

Response Updates::post(const Fields& fields, const Registry& registry) {
  for (const auto* name : {"service_request_id", "update_id", "updated_datetime", "status", "description"}) {
    if (value_of(fields, name).empty()) return invalid(std::string(name) + " is required");
  }
  std::optional<Time> at;
  if (auto wrong = read_time(fields, "updated_datetime", at)) return std::move(*wrong);
  constexpr std::array statuses{"open", "closed", "in_progress"};
  if (std::ranges::find(statuses, value_of(fields, "status")) == statuses.end()) return invalid("status is not known");
  auto request = std::string(value_of(fields, "service_request_id"));
  if (registry.by_code(request) == nullptr) return not_found("service_request_id was not found");
  auto id = std::string(value_of(fields, "update_id"));
  if (std::ranges::find(posted_, id, &Update::id) == posted_.end()) {
    posted_.push_back({id, request, std::string(value_of(fields, "status")), std::string(value_of(fields, "description")), *at});
  }
  Json json;
  json.open_array().open_object().member("update_id", id).close_object().close_array();
  return {200, json.take()};
}

}  // namespace salam::stand_ins::open311
