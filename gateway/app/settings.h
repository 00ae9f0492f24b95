#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/kafka/settings.h"
#include "adapters/kafka/topics.h"
#include "adapters/sms/line.h"
#include "adapters/upstream/settings.h"
#include "gateway/api/attachments.h"
#include "gateway/api/callback_door.h"
#include "gateway/api/keys.h"
#include "gateway/app/calendar_file.h"
#include "gateway/config/reader.h"
#include "gateway/domain/result.h"
#include "gateway/domain/routing.h"
#include "gateway/http/server.h"
#include "gateway/observe/log.h"
#include "gateway/paper/settings.h"
#include "gateway/pipeline/driver.h"
#include "gateway/pipeline/relay.h"
#include "gateway/reports/basis.h"
#include "gateway/store/store.h"

namespace salam::app {

/// Everything the program is told, read from one TOML file and the environment. Each room's part is that room's own struct.
struct Settings {
  std::string installation;
  observe::LogSettings log;
  http::ServerSettings api;
  http::ServerSettings operations;
  store::Settings store;
  std::uint64_t disk_free_mark = 0;
  std::string keys_file;
  api::KeyRing::Rates key_rates;
  api::AttachmentSettings attachments;
  paper::Settings printing;
  reports::Settings reports;
  std::vector<std::string> units;  ///< The city's, to which requests can be assigned; empty: any.
  std::string review_officer;
  std::string routing_rules;  ///< A file; empty: 137 takes everything.
  CalendarSettings calendar;
  upstream::Settings system137;
  upstream::Settings service_desk;
  std::array<api::CallbackSettings, 2> callbacks;  ///< By system.
  api::CallbackSettings sms_callback;
  std::vector<sms::LineSettings> sms;  ///< In the order in which they are tried.
  pipeline::Settings pipeline;
  std::optional<kafka::Connection> kafka;  ///< Without brokers events wait in the outbox.
  kafka::TopicSpec topic;
  Milliseconds drain{0};  ///< How long a shutdown waits for what is under way.
};

inline constexpr auto default_keys_file = "/var/lib/salam-gateway/keys.json";

struct Loaded {
  Settings settings;
  std::vector<config::Problem> problems;  ///< Nothing starts where there is one.
  std::string effective;                  ///< As `check-config` prints it, secrets redacted.
};
/// An empty path: the environment alone.
Loaded load_settings(const std::string& path);

/// Errors: `routing_rules_invalid` with file, line, key and reason of all that is wrong.
Result<RuleSet> load_rules(const std::string& path);

/// The producer's settings; they need the store's incarnation.
kafka::Settings kafka_settings(const Settings& settings, const std::string& incarnation);

}  // namespace salam::app
