#include "tests/integration/gateway.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>
#include <sqlite3.h>

#include "gateway/domain/time.h"

namespace salam::test {
namespace {

constexpr std::chrono::seconds patience{20};

constexpr std::string_view configuration = R"([http]
listen = "127.0.0.1:0"
[operations]
listen = "127.0.0.1:0"
[store]
path = "salam.db"
disk_free_mib = 1
[keys]
file = "keys.json"
[routing]
rules = "routing.toml"
[registration]
first_retry = "50ms"
longest_retry = "200ms"
[system137]
driver = "open311"
base_url = "{open311}"
api_key = "stand-in-137-key"
mapping_file = "{source}/docker/examples/system137.toml"
default_service_code = "other"
settle_after = "300ms"
call_deadline = "700ms"
[system137.limits]
rate = 500
breaker_first_wait = "100ms"
breaker_longest_wait = "300ms"
[service_desk]
driver = "mapped"
base_url = "{desk}"
api_key = "stand-in-desk-key"
mapping_file = "{source}/docker/examples/service_desk.toml"
settle_after = "300ms"
call_deadline = "700ms"
[service_desk.limits]
rate = 500
breaker_first_wait = "100ms"
breaker_longest_wait = "300ms"
[sms]
driver = "kavenegar"
base_url = "{sms}"
api_key = "stand-in-sms-key"
call_deadline = "700ms"
delivery_first_poll = "100ms"
quiet_hours = "none"
delivery_longest_poll = "300ms"
[sms.limits]
rate = 500
breaker_first_wait = "100ms"
breaker_longest_wait = "300ms"
[kafka]
brokers = "{kafka}"
[shutdown]
drain = "5s"
)";

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) text.replace(at, what.size(), with);
  return text;
}

/// The port that a listener says it has in the log, whichever format that has; 0 until then.
unsigned short port_in(const std::string& log, const std::string& listener) {
  std::smatch match;
  const std::regex text("listener=" + listener + " address=[^ ]* port=([0-9]+)");
  const std::regex json("\"listener\":\"" + listener + "\",\"address\":\"[^\"]*\",\"port\":([0-9]+)");
  const bool found = std::regex_search(log, match, text) || std::regex_search(log, match, json);
  return found ? static_cast<unsigned short>(std::stoi(match[1])) : 0;
}

}  // namespace

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "salam-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}
Folder::~Folder() { std::filesystem::remove_all(path_); }

void Folder::write(std::string_view name, std::string_view text) const { std::ofstream(path_ / name, std::ios::binary) << text; }
std::string Folder::read(std::string_view name) const {
  std::ifstream file(path_ / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Reply::at(std::string_view pointer) const {
  const auto* value = json ? json::find(*json, pointer) : nullptr;
  if (value == nullptr) return "(absent)";
  return json::text_of(*value).value_or(json::to_text(*value));
}

std::string Reply::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

std::vector<std::string> Reply::each(std::string_view pointer, std::string_view member) const {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count(pointer); ++i) all.push_back(at(fmt::format("{}/{}{}", pointer, i, member)));
  return all;
}

std::size_t Reply::count(std::string_view pointer) const {
  const auto* value = json ? json::find(*json, pointer) : nullptr;
  return value != nullptr && value->IsArray() ? value->Size() : 0;
}

Reply call(unsigned short port, std::string_view method, std::string_view target, std::string_view body, const Headers& headers) {
  std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n", method, target);
  for (const auto& [name, value] : headers) text += fmt::format("{}: {}\r\n", name, value);
  if (!body.empty()) text += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
  WireClient client(port);
  auto answer = client.ask(text + "\r\n" + std::string(body));
  auto reply = read_reply(answer.status, std::move(answer.body));
  reply.headers = std::move(answer.headers);
  return reply;
}

Reply read_reply(int status, std::string body) {
  Reply reply{.status = status, .headers = {}, .body = std::move(body), .json = {}};
  if (auto document = json::parse(reply.body)) reply.json = std::make_shared<json::Document>(std::move(*document));
  return reply;
}

std::string day(int from_today) {
  const auto now = std::chrono::floor<Milliseconds>(std::chrono::system_clock::now());
  return to_string(tehran_date(now + std::chrono::days(from_today)));
}

bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

Gateway::Gateway(const stand_ins::Addresses& addresses, Options options) : through_(std::move(options.through)) {
  auto text = std::string(configuration) + options.more;
  text = replaced(text, "{open311}", addresses.open311);
  text = replaced(text, "{desk}", addresses.service_desk);
  text = replaced(text, "{sms}", addresses.kavenegar);
  text = replaced(text, "{kafka}", options.brokers);
  text = replaced(text, "{source}", SALAM_SOURCE_DIR);
  folder_.write("gateway.toml", text);
  for (const auto& [what, with] : options.replace) set(what, with);
  std::filesystem::copy_file(SALAM_SOURCE_DIR "/docker/config/routing.toml", folder_ / "routing.toml");
  key_ = key_with("test", {"intake", "read", "personal", "operate", "track"});
}

void Gateway::set(std::string_view text, std::string_view with) {
  const auto before = folder_.read("gateway.toml");
  const auto after = replaced(before, text, with);
  EXPECT_NE(before, after) << text << " does not stand in the configuration";
  folder_.write("gateway.toml", after);
}

std::string Gateway::key_with(const std::string& name, const std::vector<std::string>& scopes) const {
  std::vector<std::string> arguments{"key", "create", name, "--keys", (folder_ / "keys.json").string()};
  for (const auto& scope : scopes) arguments.insert(arguments.end(), {"--scope", scope});
  const auto printed = run(std::move(arguments)).output;
  std::smatch key;
  if (!std::regex_search(printed, key, std::regex("salam_[0-9a-f]{8}_[0-9a-f]{64}"))) throw std::runtime_error("no key: " + printed);
  return key[0];
}

std::vector<std::string> Gateway::command(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), SALAM_GATEWAY);
  arguments.insert(arguments.end(), {"--config", (folder_ / "gateway.toml").string()});
  return arguments;
}

Gateway::Ran Gateway::run(std::vector<std::string> arguments) const {
  std::filesystem::remove(folder_ / "command.log");
  Process process(command(std::move(arguments)), folder_ / "command.log");
  const auto code = process.wait(patience);
  return {.code = code.value_or(-1), .output = folder_.read("command.log")};
}

void Gateway::start() {
  std::filesystem::remove(folder_ / "gateway.log");
  auto serve = command({"serve"});
  serve.insert(serve.begin(), through_.begin(), through_.end());
  process_ = std::make_unique<Process>(serve, folder_ / "gateway.log");
  const bool listens = eventually([this] {
    const auto text = log();
    api_port_ = port_in(text, "api");
    operations_port_ = port_in(text, "operations");
    return (api_port_ != 0 && operations_port_ != 0) || !process_->running();
  });
  if (!listens || api_port_ == 0) throw std::runtime_error("the gateway did not start: " + log());
}

int Gateway::stop() {
  process_->signal(SIGTERM);
  return await_end();
}

int Gateway::await_end() { return process_->wait(patience).value_or(-1); }

void Gateway::kill() {
  process_->signal(SIGKILL);
  process_->wait(patience);
}

Headers Gateway::authorized(Headers headers) const {
  headers.emplace_back("Authorization", "Bearer " + key_);
  return headers;
}

Reply Gateway::get(std::string_view target) const { return call(api_port_, "GET", target, {}, authorized({})); }
Reply Gateway::post(std::string_view target, std::string_view body, Headers headers) const {
  return call(api_port_, "POST", target, body, authorized(std::move(headers)));
}
Reply Gateway::put(std::string_view target, std::string_view body) const { return call(api_port_, "PUT", target, body, authorized({})); }
Reply Gateway::patch(std::string_view target, std::string_view body, std::string_view tag) const {
  auto headers = authorized({});
  if (!tag.empty()) headers.emplace_back("If-Match", tag);
  return call(api_port_, "PATCH", target, body, headers);
}
Reply Gateway::operations(std::string_view target) const { return call(operations_port_, "GET", target); }

void Gateway::announce_meeting() const {
  // In a week, so that none of its deadlines comes near while a test runs.
  const auto reply = put("/v1/meetings/m", R"({"region": "5", "mosque": "مسجد نمونه", "date": ")" + day(7) + R"("})");
  EXPECT_EQ(reply.status, 201) << reply.body;
}

std::string Gateway::form(std::string_view number, std::string_view more) {
  return fmt::format(R"({{"meeting": "m", "form": "{}", "kind": "complaint", "subject": "چاله", "description": "چاله در خیابان", {}}})",
                     number, more);
}

std::string Gateway::take_in(std::string_view body) const {
  const auto reply = post("/v1/requests", body);
  EXPECT_EQ(reply.status, 202) << reply.body;
  return reply.at("/id");
}

Reply Gateway::act(const std::string& id, std::string_view action, std::string_view body) const {
  static int number = 0;
  return post(fmt::format("/v1/requests/{}/{}", id, action), body, {{"Idempotency-Key", fmt::format("action-{}", ++number)}});
}

std::string Gateway::dependency(std::string_view name, std::string_view member) const {
  const auto health = operations("/health");
  for (std::size_t i = 0; i < health.count("/dependencies"); ++i) {
    if (health.at(fmt::format("/dependencies/{}/name", i)) == name) return health.at(fmt::format("/dependencies/{}/{}", i, member));
  }
  return "(absent)";
}

std::string Gateway::query(const std::string& sql) const {
  sqlite3* database = nullptr;
  sqlite3_stmt* rows = nullptr;
  std::string first;
  EXPECT_EQ(sqlite3_open_v2((folder_ / "salam.db").c_str(), &database, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
  sqlite3_busy_timeout(database, 5'000);
  EXPECT_EQ(sqlite3_prepare_v2(database, sql.c_str(), -1, &rows, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  const auto result = sqlite3_step(rows);
  EXPECT_TRUE(result == SQLITE_ROW || result == SQLITE_DONE) << sqlite3_errmsg(database);
  if (result == SQLITE_ROW) first = reinterpret_cast<const char*>(sqlite3_column_text(rows, 0));
  sqlite3_finalize(rows);
  sqlite3_close(database);
  return first;
}

City::City(Options options)
    : stand_ins_([&] {
        options.stand_ins.deliver_after = std::chrono::milliseconds(50);
        return options.stand_ins;
      }()),
      gateway_(stand_ins_.addresses(), [&] {
        options.gateway.brokers = stand_ins_.addresses().kafka;
        return options.gateway;
      }()) {
  if (!options.start) return;
  gateway_.start();
  gateway_.announce_meeting();
}

void City::fault(Which which, std::string_view json) {
  const auto answer = stand_ins_.control(which, "POST", "/_control/faults", json);
  EXPECT_EQ(answer.status, 201) << answer.body;
}
void City::heal(Which which) { stand_ins_.control(which, "DELETE", "/_control/faults"); }

int City::strikes(Which which) {
  const auto answer = stand_ins_.control(which, "GET", "/_control/faults");
  return std::stoi(read_reply(answer.status, answer.body).at("/0/hits"));
}

Reply City::ledger(Which which, bool summary) {
  const auto answer = stand_ins_.control(which, "GET", "/_control/ledger", "", summary ? "summary=1" : "");
  return read_reply(answer.status, answer.body);
}

City::Registered City::registered(Which which, const std::string& id) {
  const auto code = gateway_.request(id).at("/tracking_code");
  const auto ledger = this->ledger(which);
  Registered found;
  for (std::size_t i = 0; i < ledger.count("/registrations"); ++i) {
    const auto entry = fmt::format("/registrations/{}", i);
    if (ledger.at(entry + "/external_id") != code) continue;
    ++found.times;
    found.code = ledger.at(entry + "/id");
  }
  return found;
}

std::vector<std::string> City::texts(std::string_view mobile) {
  const auto ledger = this->ledger(Which::sms);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < ledger.count("/texts"); ++i) {
    const auto entry = fmt::format("/texts/{}", i);
    if (ledger.at(entry + "/receptor") == mobile) texts.push_back(ledger.at(entry + "/text"));
  }
  return texts;
}

}  // namespace salam::test
