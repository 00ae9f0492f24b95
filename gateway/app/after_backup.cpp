#include "gateway/app/after_backup.h"

#include <algorithm>
#include <charconv>

#include "gateway/json/parse.h"

namespace salam::app {
namespace {

int item_in(const json::Value& data) {
  const auto text = json::string_at(data, "item").value_or("1");
  int item = 1;
  std::from_chars(text.data(), text.data() + text.size(), item);
  return item;
}

FormItem form_item_in(const json::Value& data) {
  return {
      .meeting = json::string_at(data, "meeting").value_or(""), .form = json::string_at(data, "form").value_or(""), .item = item_in(data)};
}

/// Not of a request, whatever the meeting's id looks like.
bool is_of_meeting(const kafka::PublishedEvent& event, const json::Value& data) {
  return json::string_at(data, "meeting") == event.aggregate;
}

std::optional<lifecycle::SinceBackup::Registered> registered_in(const kafka::PublishedEvent& event, const json::Value& data) {
  if (event.type != cloud_event_type(EventType::registered)) return {};
  const auto system = parse_system(json::string_at(data, "system").value_or(""));
  const auto code = json::string_at(data, "code");
  if (!system || !code || code->empty()) return {};
  return lifecycle::SinceBackup::Registered{.system = *system, .code = *code};
}

}  // namespace

void AfterBackup::add(const kafka::PublishedEvent& event) {
  if (!event.source.starts_with(source_)) return;
  const auto id = Uuid::parse(event.aggregate);
  const auto data = json::parse(event.data);
  if (data && is_of_meeting(event, *data)) return;
  if (!id || !data) {
    ++unreadable_;
    return;
  }
  const auto registered = registered_in(event, *data);
  if (store_.knows(*id)) {
    if (registered) registered_[*id] = *registered;
    return;
  }
  const auto form_item = form_item_in(*data);
  if (store_.knows(form_item)) return;  // Entered again after an earlier restore.
  auto& lost = lost_[*id];
  lost.tracking_code = json::string_at(*data, "tracking_code").value_or("");
  lost.form_item = form_item;
  lost.state = json::string_at(*data, "state").value_or("");
  if (registered) lost.registered = registered;
}

bool AfterBackup::lost(TrackingCode code) const {
  return std::any_of(lost_.begin(), lost_.end(), [&](const auto& one) { return one.second.tracking_code == code.digits(); });
}

std::optional<AfterBackup::Registered> AfterBackup::registered(const Uuid& id) const {
  const auto found = registered_.find(id);
  return found == registered_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace salam::app
