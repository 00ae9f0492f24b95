#include "gateway/app/commands.h"

#include <algorithm>
#include <cstdio>

#include <spdlog/fmt/fmt.h>

#include "adapters/kafka/topics.h"
#include "gateway/api/keys.h"
#include "gateway/app/command_support.h"
#include "gateway/app/core_thread.h"
#include "gateway/domain/text.h"
#include "gateway/store/store.h"

namespace salam::app {
namespace {

void print_counts(const char* title, const std::vector<std::pair<std::string, std::int64_t>>& counts) {
  for (const auto& [name, count] : counts) fmt::print("  {:<14} {:<16} {:>9}\n", title, name, count);
}

void print_text(std::string_view key, const std::string& text) { fmt::print("{}: {} parts\n{}\n\n", key, sms_parts(text), text); }

void preview(std::string_view key, const MessageTemplate& text, System system, std::string_view code) {
  const auto now = SystemClock().now();
  print_text(key, text.render({.code = code, .system = name_for_people(system), .date = jalali_date(tehran_date(now))}));
}

}  // namespace

int preview_texts(const std::string& config) {
  const auto loaded = load_or_say(config);
  if (!loaded) return exit_code::misconfigured;
  const auto& policy = loaded->settings.pipeline.policy;
  const auto upstreams = persian_digits("140509034711");
  const auto gateways = TrackingCode::from_random(SystemRandom().bits()).for_people();
  preview("registered_137", policy.texts137.registered, System::system137, upstreams);
  preview("registered_desk", policy.texts_desk.registered, System::service_desk, upstreams);
  preview("holding_137", policy.texts137.holding, System::system137, gateways);
  preview("holding_desk", policy.texts_desk.holding, System::service_desk, gateways);
  print_text("invitation", policy.invitation.render(*Region::from_number(15), example_session()).value());
  return 0;
}

int check_config(const std::string& config) {
  const auto loaded = load_or_say(config);
  if (!loaded) return exit_code::misconfigured;
  fmt::print("{}", loaded->effective);
  return 0;
}

int audit(const std::string& config) {
  const auto loaded = load_or_say(config);
  if (!loaded) return exit_code::misconfigured;
  const auto report = store::audit(loaded->settings.store.path, SystemClock().now());
  if (!report) return fail(report.error());
  const auto& counts = report->counts;
  fmt::print("requests {}, told {}, meetings {}\n", counts.requests, counts.told, counts.meetings);
  print_counts("state", counts.by_state);
  print_counts("registered in", counts.by_system);
  print_counts("attention", counts.attention);
  print_counts("scheduled", counts.tasks);
  for (const auto& [id, code, what] : report->findings) {
    if (code.empty()) {
      fmt::print("FAULT meeting {}: {}\n", id, what);
    } else {
      fmt::print("FAULT {} (code {}): {}\n", id, code, what);
    }
  }
  if (report->findings_total == 0) {
    fmt::print(
        "audit passed: every request has a code, and was told it, is scheduled, or stands on the attention list; every one is answered, or has a "
        "day by which it must be\n");
    return 0;
  }
  fmt::print("audit failed: {} faults, the first {} above\n", report->findings_total, report->findings.size());
  return exit_code::at_fault;
}

int create_topic(const std::string& config) {
  const auto loaded = load_or_say(config);
  if (!loaded) return exit_code::misconfigured;
  const auto& settings = loaded->settings;
  if (!settings.kafka) return fail({"kafka_setting_missing", "kafka.brokers is not set: there is no cluster to create the topic in"});
  const auto created = kafka::create_topic(*settings.kafka, settings.topic);
  if (!created) return fail(created.error());
  fmt::print("topic {} {}\n", settings.topic.name, *created == kafka::TopicCreation::created ? "created" : "stands already");
  return 0;
}

std::optional<std::string> keys_file(const std::string& config) {
  if (config.empty()) return default_keys_file;
  const auto loaded = load_or_say(config);
  return loaded ? std::optional(loaded->settings.keys_file) : std::nullopt;
}

int create_key(const std::string& file, const std::string& name, const std::vector<std::string>& scopes) {
  auto keys = api::read_keys(file);
  if (!keys) return fail(keys.error());
  auto fresh = api::make_key(*keys, name, scopes, SystemClock().now());
  if (!fresh) return fail(fresh.error());
  keys->push_back(fresh->key);
  if (const auto written = api::write_keys(file, *keys); !written) return fail(written.error());
  fmt::print("{}\n", fresh->secret);
  fmt::print(stderr, "Shown this once. A running gateway takes it after SIGHUP.\n");
  return 0;
}

int list_keys(const std::string& file) {
  const auto keys = api::read_keys(file);
  if (!keys) return fail(keys.error());
  for (const auto& key : *keys)
    fmt::print("{}  {:<24} {:<32} {}\n", key.id, key.name, fmt::format("{}", fmt::join(key.scopes, ",")), key.created);
  return 0;
}

int revoke_key(const std::string& file, const std::string& name) {
  auto keys = api::read_keys(file);
  if (!keys) return fail(keys.error());
  const auto removed = std::erase_if(*keys, [&](const api::Key& key) { return key.name == name || key.id == name; });
  if (removed == 0) return fail({"unknown_key", fmt::format("{} holds no key `{}`; `salam-gateway key list` shows them", file, name)});
  if (const auto written = api::write_keys(file, *keys); !written) return fail(written.error());
  fmt::print(stderr, "Revoked. A running gateway forgets it after SIGHUP.\n");
  return 0;
}

}  // namespace salam::app
