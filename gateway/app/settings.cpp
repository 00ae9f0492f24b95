#include "gateway/app/settings.h"

#include <algorithm>
#include <chrono>

#include "adapters/http_client/client.h"
#include "adapters/service_desk/service_desk.h"
#include "adapters/system137/system137.h"
#include "gateway/app/endpoint_settings.h"
#include "gateway/app/routing_file.h"
#include "gateway/app/sms_settings.h"
#include "gateway/domain/templates.h"
#include "gateway/domain/text.h"

namespace salam::app {
namespace {

using config::Section;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t ports_are_files = 1'048'576;

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return text;
}

http::ServerSettings read_server(Section section, std::string name, std::string_view listen) {
  http::ServerSettings settings;
  settings.name = std::move(name);
  settings.listen = section.string("listen", listen);
  settings.behind_proxy = section.boolean("behind_proxy", false);
  settings.tls_certificate = section.path("tls_certificate", "");
  settings.tls_key = section.path("tls_key", "");
  settings.threads = static_cast<int>(section.integer("threads", 1, 1, 64));
  settings.max_connections = static_cast<std::size_t>(section.integer("max_connections", 16'384, 1, ports_are_files));
  settings.max_in_flight = static_cast<std::size_t>(section.integer("max_in_flight", 4'096, 1, ports_are_files));
  settings.header_timeout = section.duration("header_timeout", settings.header_timeout, milliseconds(100), minutes(5));
  settings.body_timeout = section.duration("body_timeout", settings.body_timeout, milliseconds(100), minutes(30));
  settings.idle_timeout = section.duration("idle_timeout", settings.idle_timeout, milliseconds(100), hours(1));
  if (settings.tls_certificate.empty() != settings.tls_key.empty()) section.wrong("tls_key", "tls_certificate and tls_key go together");
  return settings;
}

bool is_public_url(std::string_view url) {
  const bool has_scheme = url.starts_with("https://") || url.starts_with("http://");
  const auto host = has_scheme ? url.substr(url.find("://") + 3) : std::string_view();
  return !host.empty() && host.find_first_of("?#@ \t") == std::string_view::npos && !host.starts_with('/');
}

api::AttachmentSettings read_attachments(Section section) {
  constexpr std::int64_t mebibyte = 1024 * 1024;
  api::AttachmentSettings settings;
  settings.max_bytes = static_cast<std::size_t>(section.integer("max_bytes", 10 * mebibyte, 1024, 100 * mebibyte));
  settings.max_per_request = static_cast<std::size_t>(section.integer("max_per_request", 10, 1, 100));
  settings.at_once = static_cast<std::size_t>(section.integer("at_once", 8, 1, 1'000));
  settings.timeout = section.duration("timeout", settings.timeout, seconds(1), minutes(30));
  settings.link_hosts = section.strings("link_hosts");
  for (const auto& host : settings.link_hosts) {
    if (!api::is_link_host(host))
      section.wrong("link_hosts", "\"" + host + "\" is no host's name in lower case such as photos.example, or .example for all below it");
  }
  settings.public_url = section.string("public_url", "");
  if (settings.public_url.ends_with('/')) settings.public_url.pop_back();
  if (!settings.public_url.empty() && !is_public_url(settings.public_url)) {
    section.wrong("public_url",
                  "must be where others reach this API, such as https://gateway.example (or http://, where the network is the city's own)");
  }
  return settings;
}

/// What the file that `template` names is read as; nothing where there is none, or it is wrong.
template <class Template>
std::optional<Template> read_template(Section& section) {
  const auto path = section.path("template", "");
  if (path.empty()) return std::nullopt;
  const auto content = config::read_file(path);
  if (!content) {
    section.wrong("template", path + " cannot be read");
    return std::nullopt;
  }
  auto parsed = Template::parse(*content);
  if (parsed) return std::move(*parsed);
  section.wrong("template", path + ": " + parsed.error().message);
  return std::nullopt;
}

reports::Settings read_reports(Section reports, std::map<std::string, std::string> categories) {
  reports::Settings settings{.categories = std::move(categories)};
  const auto path = reports.path("letter", "");
  if (path.empty()) return settings;
  const auto text = config::read_file(path);
  if (!text || !valid_utf8(*text)) {
    reports.wrong("letter", path + " cannot be read as UTF-8");
  } else if (auto letter = reports::Letter::parse(*text)) {
    settings.letter = std::move(*letter);
  } else {
    reports.wrong("letter", path + ": " + letter.error().message);
  }
  return settings;
}

paper::Settings read_printing(Section tracking, Section forms, Section slides) {
  paper::Settings settings;
  if (const auto address = tracking.optional_string("public_url")) {
    if (auto parsed = paper::TrackingAddress::parse(*address)) {
      settings.tracking = std::move(*parsed);
    } else {
      tracking.wrong("public_url", parsed.error().message);
    }
  }
  if (auto form = read_template<paper::FormTemplate>(forms)) settings.form = std::move(*form);
  if (auto deck = read_template<paper::SlideTemplate>(slides)) settings.slides = std::move(*deck);
  return settings;
}

store::Settings read_store(Section section, const std::string& installation, Section events) {
  store::Settings settings;
  settings.path = section.path("path", "/var/lib/salam-gateway/salam.db");
  settings.installation = installation;
  settings.personal_data_in_events = events.boolean("personal_data", false);
  settings.max_queue = static_cast<std::size_t>(section.integer("max_queue", 20'000, 100, 1'000'000));
  settings.max_batch = static_cast<std::size_t>(section.integer("max_batch", 512, 1, 10'000));
  settings.readers = static_cast<int>(section.integer("readers", 4, 1, 64));
  return settings;
}

pipeline::LaneSettings read_limits(Section section, const pipeline::LaneSettings& fallback) {
  auto settings = fallback;
  settings.rate = section.number("rate", fallback.rate, 0.01, 1e6);
  settings.in_flight = static_cast<int>(section.integer("in_flight", fallback.in_flight, 1, 10'000));
  settings.memory = static_cast<std::size_t>(section.integer("memory", static_cast<std::int64_t>(fallback.memory), 16, 1'000'000));
  settings.breaker_failures = static_cast<int>(section.integer("breaker_failures", fallback.breaker_failures, 1, 1'000));
  settings.breaker_wait.first = section.duration("breaker_first_wait", fallback.breaker_wait.first, milliseconds(100), hours(1));
  settings.breaker_wait.cap = section.duration("breaker_longest_wait", fallback.breaker_wait.cap, milliseconds(100), hours(24));
  return settings;
}

/// What every system that is spoken to over HTTP is told in its section.
upstream::Settings read_upstream(Section section, upstream::Settings settings) {
  settings.driver = upstream::parse_driver_kind(section.choice("driver", to_string(settings.driver), {"open311", "mapped", "by_hand"}))
                        .value_or(settings.driver);
  read_endpoint(section, settings);
  settings.api_key = Sensitive<std::string>(section.secret("api_key"));
  settings.user = Sensitive<std::string>(section.secret("user"));
  settings.password = Sensitive<std::string>(section.secret("password"));
  settings.call_deadline = section.duration("call_deadline", settings.call_deadline, milliseconds(100), minutes(10));
  settings.settle_after = section.optional_duration("settle_after", milliseconds(0), hours(24 * 7));
  settings.max_file_bytes = static_cast<std::size_t>(
      section.integer("max_file_bytes", static_cast<std::int64_t>(settings.max_file_bytes), 0, 100LL * 1024 * 1024));
  settings.mapping_file = section.path("mapping_file", "");
  settings.default_service_code = section.string("default_service_code", settings.default_service_code);
  settings.service_codes = section.string_table("service_codes");
  return settings;
}

MessageTemplate read_template(Section& section, std::string_view key, const MessageTemplate& fallback) {
  const auto text = section.optional_string(key);
  if (!text) return fallback;
  auto parsed = MessageTemplate::parse(*text);
  if (parsed) return *parsed;
  section.wrong(key, parsed.error().message);
  return fallback;
}

/// `22:00-08:00`, or `none`.
QuietHours read_quiet_hours(Section& sms, const QuietHours& fallback) {
  const auto text = sms.optional_string("quiet_hours");
  if (!text) return fallback;
  if (*text == "none") return {.from = minutes(0), .to = minutes(0)};
  if (const auto hours = QuietHours::parse(*text)) return *hours;
  sms.wrong("quiet_hours", "must be a time of day in Tehran such as 22:00-08:00, or none");
  return fallback;
}

api::CallbackSettings read_callback(Section section) {
  constexpr std::size_t shortest_secret = 24;
  api::CallbackSettings settings;
  settings.secret = Sensitive<std::string>(section.secret("secret"));
  settings.hmac_key = Sensitive<std::string>(section.secret("hmac_key"));
  settings.signature_header = lower_case(section.string("signature_header", settings.signature_header));
  settings.timestamp_header = lower_case(section.string("timestamp_header", settings.timestamp_header));
  settings.tolerance =
      std::chrono::duration_cast<seconds>(section.duration("tolerance", settings.tolerance, seconds(1), std::chrono::hours(1)));
  if (!settings.secret.empty() && settings.secret.reveal().size() < shortest_secret) {
    section.wrong("secret", "must be at least 24 characters long: it is all that keeps strangers out");
  }
  return settings;
}

lifecycle::FollowUpPolicy read_follow_up(Section section) {
  lifecycle::FollowUpPolicy policy;
  policy.asked = section.boolean("asked", true);
  policy.first = section.duration("first", policy.first, milliseconds(10), hours(24 * 7));
  policy.longest = section.duration("longest", policy.longest, milliseconds(10), hours(24 * 30));
  policy.after_end = section.duration("after_end", policy.after_end, milliseconds(0), hours(24 * 366));
  return policy;
}

InvitationTemplate read_invitation(Section& templates, const InvitationTemplate& fallback) {
  const auto text = templates.optional_string("invitation");
  if (!text) return fallback;
  auto parsed = InvitationTemplate::parse(*text);
  const auto rendered = parsed ? parsed->render(*Region::from_number(15), example_session()) : parsed.error();
  if (rendered) return std::move(*parsed);
  templates.wrong("invitation", rendered.error().message);
  return fallback;
}

/// The citizen is told of those steps that have a text.
void read_progress_texts(Section& templates, lifecycle::Policy& policy) {
  for (std::size_t step = 0; step < progress_count; ++step) {
    const auto key = "progress_" + std::string(to_string(static_cast<Progress>(step)));
    const auto text = templates.optional_string(key);
    if (!text) continue;
    if (auto parsed = MessageTemplate::parse(*text)) {
      policy.progress_texts[step] = std::move(*parsed);
    } else {
      templates.wrong(key, parsed.error().message);
    }
  }
}

/// What the by-law asks of people after the evening of the meeting.
void read_handling(Section desk, Section deadlines, lifecycle::Policy& policy) {
  policy.desk_after_review = desk.choice("registration", "at_once", {"at_once", "after_review"}) == "after_review";
  policy.desk_when_review_missed = desk.boolean("register_when_review_missed", false);
  policy.approaching_before = deadlines.duration("approaching_before", policy.approaching_before, minutes(1), hours(24 * 30));
  policy.reopened_due = deadlines.duration("reopened_due", policy.reopened_due, hours(1), hours(24 * 366));
}

std::vector<std::string> read_units(Section group) {
  std::vector<std::string> units;
  for (const auto& unit : group.strings("units")) units.push_back(normalise(unit));
  return units;
}

lifecycle::Policy read_policy(Section registration, Section sms) {
  lifecycle::Policy policy;
  policy.backoff.first = registration.duration("first_retry", policy.backoff.first, milliseconds(10), hours(1));
  policy.backoff.cap = registration.duration("longest_retry", policy.backoff.cap, milliseconds(10), hours(24));
  policy.poll_every = registration.duration("poll_every", policy.poll_every, milliseconds(100), hours(24));
  policy.attention_due = registration.duration("attention_due", policy.attention_due, seconds(1), hours(24 * 30));
  policy.wait_for_attachments = registration.duration("wait_for_attachments", policy.wait_for_attachments, milliseconds(0), hours(1));
  policy.contact_due = registration.duration("contact_due", policy.contact_due, seconds(1), hours(24 * 90));
  policy.holding_after = sms.duration("holding_after", policy.holding_after, milliseconds(0), hours(24 * 7));
  policy.delivery_first_poll = sms.duration("delivery_first_poll", policy.delivery_first_poll, milliseconds(10), hours(1));
  policy.delivery_poll_cap = sms.duration("delivery_longest_poll", policy.delivery_poll_cap, milliseconds(10), hours(12));
  policy.delivery_gives_up = sms.duration("delivery_gives_up", policy.delivery_gives_up, seconds(1), hours(24 * 7));
  policy.quiet_hours = read_quiet_hours(sms, policy.quiet_hours);
  auto templates = sms.table("templates");
  policy.texts137.registered = read_template(templates, "registered_137", policy.texts137.registered);
  policy.texts137.holding = read_template(templates, "holding_137", policy.texts137.holding);
  policy.texts_desk.registered = read_template(templates, "registered_desk", policy.texts_desk.registered);
  policy.texts_desk.holding = read_template(templates, "holding_desk", policy.texts_desk.holding);
  read_progress_texts(templates, policy);
  policy.invitation = read_invitation(templates, policy.invitation);
  return policy;
}

std::optional<kafka::Connection> read_kafka(Section section, kafka::TopicSpec& topic) {
  topic.name = section.string("topic", "mardom-salam.requests.v1");
  topic.partitions = static_cast<int>(section.integer("partitions", topic.partitions, 1, 1'000));
  topic.replication = static_cast<int>(section.integer("replication", topic.replication, -1, 100));
  topic.config = section.string_table("topic_config");
  kafka::Connection connection{.brokers = section.string("brokers", ""), .properties = section.string_table("properties")};
  if (connection.brokers.empty()) return {};
  return connection;
}

template <class Lanes>
auto& lane(Lanes& lanes, Lane which) {
  return lanes[static_cast<std::size_t>(which)];
}

void check_listener(const http::ServerSettings& settings, Section section) {
  if (const auto misfit = http::check(settings)) section.wrong(misfit->key, misfit->why);
}

void check_upstream(const upstream::Settings& settings, const Result<void>& checked, Section section) {
  if (!checked) return section.wrong("", checked.error().message);
  if (settings.driver != upstream::DriverKind::by_hand) check_endpoint(settings, section);
}

/// What each room can say of its own settings.
void check_rooms(const Settings& settings, Section root) {
  check_listener(settings.api, root.table("http"));
  check_listener(settings.operations, root.table("operations"));
  check_sms_lines(settings.sms, root.table("sms"));
  check_upstream(settings.system137, system137::check(settings.system137), root.table("system137"));
  check_upstream(settings.service_desk, service_desk::check(settings.service_desk), root.table("service_desk"));
  if (settings.kafka) {
    auto section = root.table("kafka");
    if (const auto checked = kafka::check(kafka_settings(settings, "check")); !checked) section.wrong("", checked.error().message);
  }
  if (!settings.routing_rules.empty()) {
    auto section = root.table("routing");
    if (const auto rules = load_rules(settings.routing_rules); !rules) section.wrong("rules", rules.error().message);
  }
  if (const auto calendar = load_calendar(settings.calendar); !calendar) {
    root.table("calendar").wrong("days_off", calendar.error().message);
  }
}

Settings read(Section root) {
  Settings settings;
  settings.installation = root.table("installation").string("name", "isfahan");
  auto log = root.table("log");
  settings.log.level = log.choice("level", "info", {"trace", "debug", "info", "warn", "error", "off"});
  settings.log.json = log.choice("format", "text", {"text", "json"}) == "json";
  settings.api = read_server(root.table("http"), "api", "127.0.0.1:8137");
  settings.operations = read_server(root.table("operations"), "operations", "127.0.0.1:9137");
  settings.store = read_store(root.table("store"), settings.installation, root.table("events"));
  settings.disk_free_mark = static_cast<std::uint64_t>(root.table("store").integer("disk_free_mib", 256, 1, 1'000'000)) * 1024 * 1024;
  auto keys = root.table("keys");
  settings.keys_file = keys.path("file", default_keys_file);
  settings.key_rates.each = keys.number("rate", settings.key_rates.each, 0.1, 1e6);
  settings.key_rates.track = keys.number("track_rate", settings.key_rates.track, 0.1, 1e6);
  settings.attachments = read_attachments(root.table("attachments"));
  settings.printing = read_printing(root.table("tracking"), root.table("forms"), root.table("slides"));
  settings.reports = read_reports(root.table("reports"), root.string_table("categories"));
  settings.routing_rules = root.table("routing").path("rules", "");
  settings.calendar = read_calendar_settings(root.table("calendar"));

  auto s137 = root.table("system137");
  auto desk = root.table("service_desk");
  auto sms = root.table("sms");
  settings.system137 = read_upstream(s137, system137::default_settings());
  settings.service_desk = read_upstream(desk, service_desk::default_settings());
  settings.sms = read_sms_lines(sms);
  settings.pipeline.policy = read_policy(root.table("registration"), sms);
  read_handling(desk, root.table("deadlines"), settings.pipeline.policy);
  settings.units = read_units(root.table("working_group"));
  settings.review_officer = desk.string("review_officer", "مسئول پیگیری ویژه دفتر شهردار");
  settings.callbacks = {read_callback(s137.table("callback")), read_callback(desk.table("callback"))};
  settings.sms_callback = read_callback(sms.table("callback"));
  settings.pipeline.policy.follow_ups = {read_follow_up(s137.table("follow_up")), read_follow_up(desk.table("follow_up"))};
  auto& lanes = settings.pipeline.lanes;
  const pipeline::LaneSettings upstream_limits{.rate = 20, .in_flight = 8};
  lane(lanes, Lane::system137) = read_limits(s137.table("limits"), upstream_limits);
  lane(lanes, Lane::service_desk) = read_limits(desk.table("limits"), upstream_limits);
  lane(lanes, Lane::sms) = read_limits(sms.table("limits"), {.rate = 20, .in_flight = 8});
  lane(lanes, Lane::sms_status) = read_limits(sms.table("status_limits"), {.rate = 5, .in_flight = 500, .batch = 500});
  for (auto* const system : {&s137, &desk}) {
    const auto which = system == &s137 ? Lane::status137 : Lane::desk_status;
    lane(lanes, which) = read_limits(system->table("follow_up_limits"), {.rate = 2, .in_flight = 200});
  }
  lane(lanes, Lane::clock) = {.rate = 10'000, .in_flight = 256};
  // A connection for each call that may be under way.
  settings.system137.max_connections = static_cast<std::size_t>(lane(lanes, Lane::system137).in_flight);
  settings.service_desk.max_connections = static_cast<std::size_t>(lane(lanes, Lane::service_desk).in_flight);
  for (auto& line : settings.sms) {
    std::visit([&](auto& driver) { driver.max_connections = static_cast<std::size_t>(lane(lanes, Lane::sms).in_flight) + 1; }, line.driver);
  }

  settings.kafka = read_kafka(root.table("kafka"), settings.topic);
  settings.drain = root.table("shutdown").duration("drain", seconds(20), milliseconds(0), minutes(10));
  return settings;
}

}  // namespace

Loaded load_settings(const std::string& path) {
  auto reader = config::Reader::from_file(path, config::process_environment({"SALAM_CONFIG"}));
  Loaded loaded{.settings = read(reader.root()), .problems = {}, .effective = {}};
  if (reader.problems().empty()) check_rooms(loaded.settings, reader.root());
  loaded.problems = reader.problems();
  loaded.effective = reader.effective();
  return loaded;
}

Result<RuleSet> load_rules(const std::string& path) {
  auto rules = read_routing_file(path);
  if (rules) return std::move(*rules);
  std::string why;
  for (const auto& problem : rules.error()) why += (why.empty() ? "" : "; ") + problem.text();
  return Error{"routing_rules_invalid", std::move(why)};
}

kafka::Settings kafka_settings(const Settings& settings, const std::string& incarnation) {
  return {.connection = settings.kafka.value_or(kafka::Connection{}),
          .topic = settings.topic.name,
          .group = settings.installation + "-outbox-" + incarnation,
          .transactional_id = "salam-gateway-" + settings.installation,
          .source = "/salam/" + settings.installation + "/" + incarnation};
}

}  // namespace salam::app
