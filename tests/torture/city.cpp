#include "tests/torture/city.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "tests/kafka/reader.h"
#include "tests/torture/http_call.h"

namespace salam::torture {
namespace {

using Which = stand_ins::StandIns::Which;

constexpr std::string_view topic = "mardom-salam.requests.v1";
constexpr std::string_view type_prefix = "ir.isfahan.mardomsalam.request.";
constexpr std::string_view type_suffix = ".v1";

struct Trouble {
  Which where;
  const char* fault;
};

// What an upstream may do without breaking what is asked of it: whatever it has registered, the lookup finds within settle_after (1 s).
constexpr Trouble troubles[] = {
    {Which::system137, R"({"mode": "reset_before", "probability": 0.05})"},
    {Which::system137, R"({"mode": "reset_after", "probability": 0.04})"},
    {Which::system137, R"({"mode": "reset_after", "lag": 800, "probability": 0.05})"},
    {Which::system137, R"({"mode": "hang", "probability": 0.02})"},
    {Which::system137, R"({"mode": "hang", "acts": true, "probability": 0.03})"},
    {Which::system137, R"({"mode": "status", "status": 500, "probability": 0.03})"},
    {Which::system137, R"({"mode": "status", "status": 502, "acts": true, "lag": 800, "probability": 0.04})"},
    {Which::system137, R"({"mode": "status", "status": 503, "retry_after": 1, "probability": 0.01})"},
    {Which::system137, R"({"mode": "status", "status": 503, "probability": 0.03})"},
    {Which::system137, R"({"mode": "garbage", "probability": 0.03})"},
    {Which::system137, R"({"mode": "empty", "probability": 0.02})"},
    {Which::system137, R"({"mode": "cut_body", "probability": 0.03})"},
    {Which::system137, R"({"mode": "html_200", "probability": 0.02})"},
    {Which::system137, R"({"mode": "no_id", "probability": 0.02})"},
    {Which::system137, R"({"mode": "token", "ms": 300, "probability": 0.05})"},
    {Which::system137, R"({"mode": "refuse", "probability": 0.04})"},
    {Which::system137, R"({"mode": "lookup_lag", "ms": 800, "probability": 0.15})"},
    {Which::system137, R"({"mode": "slow", "ms": 150, "probability": 0.15})"},
    {Which::system137, R"({"mode": "reset_before", "on": "look_up", "probability": 0.1})"},
    {Which::system137, R"({"mode": "status", "status": 500, "on": "look_up", "probability": 0.1})"},
    {Which::system137, R"({"mode": "garbage", "on": "look_up", "probability": 0.05})"},
    {Which::system137, R"({"mode": "lookup_all", "on": "look_up", "probability": 0.1})"},
    {Which::system137, R"({"mode": "reset_before", "on": "poll", "probability": 0.1})"},
    {Which::service_desk, R"({"mode": "reset_before", "probability": 0.05})"},
    {Which::service_desk, R"({"mode": "reset_after", "lag": 800, "probability": 0.1})"},
    {Which::service_desk, R"({"mode": "hang", "acts": true, "probability": 0.03})"},
    {Which::service_desk, R"({"mode": "status", "status": 504, "acts": true, "probability": 0.05})"},
    {Which::service_desk, R"({"mode": "status", "status": 429, "probability": 0.03})"},
    {Which::service_desk, R"({"mode": "garbage", "probability": 0.05})"},
    {Which::service_desk, R"({"mode": "lookup_lag", "ms": 800, "probability": 0.15})"},
    {Which::service_desk, R"({"mode": "slow", "ms": 150, "probability": 0.15})"},
    {Which::service_desk, R"({"mode": "status", "status": 500, "on": "look_up", "probability": 0.1})"},
    {Which::sms, R"({"mode": "reset_before", "probability": 0.05})"},
    {Which::sms, R"({"mode": "reset_after", "probability": 0.1})"},
    {Which::sms, R"({"mode": "hang", "acts": true, "probability": 0.03})"},
    {Which::sms, R"({"mode": "status", "status": 500, "acts": true, "probability": 0.05})"},
    {Which::sms, R"({"mode": "garbage", "probability": 0.03})"},
    {Which::sms, R"({"mode": "slow", "ms": 150, "probability": 0.1})"},
    {Which::sms, R"({"mode": "reset_before", "on": "status", "probability": 0.1})"},
    {Which::sms, R"({"mode": "truncate_list", "on": "status", "probability": 0.1})"},
};

stand_ins::Settings quick() {
  stand_ins::Settings settings;
  settings.deliver_after = stand_ins::Milliseconds(50);
  settings.ledger_detail = false;
  return settings;
}

std::string loopback(unsigned short port) { return "127.0.0.1:" + std::to_string(port); }

/// `registered` from `ir.isfahan.mardomsalam.request.registered.v1`.
std::string short_type(std::string_view type) {
  if (type.starts_with(type_prefix)) type.remove_prefix(type_prefix.size());
  if (type.ends_with(type_suffix)) type.remove_suffix(type_suffix.size());
  return std::string(type);
}

TopicEvent event_of(const test::ReadRecord& record) {
  const auto data = read_json(record.value);
  return {.key = record.key,
          .sequence = std::stoll(record.headers.at("ce_sequence")),
          .type = short_type(record.headers.at("ce_type")),
          .partition = record.partition,
          .tracking_code = text_of(data, "tracking_code"),
          .system = text_of(data, "system"),
          .code = text_of(data, "code")};
}

}  // namespace

City::City(const std::filesystem::path& jars, const std::filesystem::path& folder, std::uint64_t seed)
    : stand_ins_(quick()),
      broker_(jars, {.proxied = loopback(proxy_.port()), .log_dir = {}}),
      gateway_((proxy_.forward_to(broker_.behind_proxy()), folder), stand_ins_.addresses(), loopback(proxy_.port())),
      client_(gateway_, seed) {}

void City::break_down(std::uint64_t seed) {
  for (const auto& [where, fault] : troubles) {
    std::string seeded = fault;
    seeded.insert(1, R"("seed": )" + std::to_string(seed++ % 1'000'000) + ", ");
    const auto answer = stand_ins_.control(where, "POST", "/_control/faults", seeded);
    if (answer.status != 201) throw std::runtime_error(seeded + ": " + answer.body);
  }
}

void City::heal() {
  for (const auto where : {Which::system137, Which::service_desk, Which::sms}) stand_ins_.control(where, "DELETE", "/_control/faults");
}

std::int64_t City::told() {
  const auto health = read_json(http_call(gateway_.operations_port(), "", "GET", "/health").body);
  if (!health.IsObject() || !health.HasMember("counts")) return -1;
  const auto told = text_of(health["counts"], "told");
  return told.empty() ? -1 : std::stoll(told);
}

bool City::published() {
  const auto health = read_json(http_call(gateway_.operations_port(), "", "GET", "/health").body);
  if (!health.IsObject() || !health.HasMember("dependencies")) return false;
  for (const auto& dependency : health["dependencies"].GetArray()) {
    if (text_of(dependency, "name") == "kafka") return text_of(dependency, "state") == "ok" && text_of(dependency, "lag") == "0";
  }
  return false;
}

Ledgers City::ledgers() {
  Ledgers all{.client = client_.ledger(), .contradictions = client_.contradictions(), .registrations = {}, .texts = {}, .topic = {}};
  for (const auto where : {Which::system137, Which::service_desk}) {
    const auto ledger = read_json(stand_ins_.control(where, "GET", "/_control/ledger").body);
    for (const auto& entry : ledger["registrations"].GetArray())
      all.registrations.push_back({text_of(entry, "system"), text_of(entry, "id"), text_of(entry, "external_id")});
  }
  const auto sms = read_json(stand_ins_.control(Which::sms, "GET", "/_control/ledger").body);
  for (const auto& entry : sms["texts"].GetArray()) all.texts.push_back({text_of(entry, "receptor"), text_of(entry, "text")});
  for (const auto& record : test::read_committed(broker_.address(), std::string(topic))) all.topic.push_back(event_of(record));
  return all;
}

}  // namespace salam::torture
