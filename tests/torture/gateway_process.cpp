#include "tests/torture/gateway_process.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <thread>

namespace salam::torture {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds patience{60};
constexpr int logs_kept = 50;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

GatewayProcess::GatewayProcess(fs::path folder, const stand_ins::Addresses& addresses, const std::string& brokers)
    : folder_(std::move(folder)),
      environment_{"SALAM_SYSTEM137_BASE_URL=" + addresses.open311,       "SALAM_SERVICE_DESK_BASE_URL=" + addresses.service_desk,
                   "SALAM_SMS_BASE_URL=" + addresses.kavenegar,           "SALAM_KAFKA_BROKERS=" + brokers,
                   "SALAM_STORE_PATH=" + (folder_ / "salam.db").string(), "SALAM_KEYS_FILE=" + (folder_ / "keys.json").string()},
      key_(create_key()) {
  if (const auto made = run({"topics", "create"}); made.code != 0) throw std::runtime_error("no topic: " + made.output);
}

std::string GatewayProcess::create_key() {
  const auto made = run({"key", "create", "torture", "--scope", "intake", "--scope", "read"});
  std::smatch key;
  if (!std::regex_search(made.output, key, std::regex("salam_[0-9a-f]{8}_[0-9a-f]{64}")))
    throw std::runtime_error("no key: " + made.output);
  return key[0];
}

/// `env` sets what only the gateway is to see, and becomes the gateway: what ends the process ends it.
std::vector<std::string> GatewayProcess::command(const std::vector<std::string>& arguments, const std::string& kill_plan) const {
  std::vector<std::string> words{"env"};
  words.insert(words.end(), environment_.begin(), environment_.end());
  if (!kill_plan.empty()) words.insert(words.end(), {"LD_PRELOAD=" TORTURE_PRELOAD, "TORTURE_KILL=" + kill_plan});
  words.emplace_back(SALAM_GATEWAY);
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.insert(words.end(), {"--config", TORTURE_CONFIG});
  return words;
}

void GatewayProcess::launch(const std::string& kill_plan) {
  const auto log = [this](int number) { return folder_ / ("gateway-" + std::to_string(number) + ".log"); };
  fs::remove(log(launches_ - logs_kept));
  const std::lock_guard lock(ports_mutex_);
  log_ = log(++launches_);
  process_ = std::make_unique<test::Process>(command({"serve"}, kill_plan), log_);
}

bool GatewayProcess::await_listening() {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (process_->running() && std::chrono::steady_clock::now() < give_up) {
    if (api_port() != 0 && operations_port() != 0) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

int GatewayProcess::kill() {
  forget_ports();
  process_->signal(SIGKILL);
  return process_->wait(patience).value_or(-1);
}

std::optional<int> GatewayProcess::terminate() {
  process_->signal(SIGTERM);
  const auto code = process_->wait(patience);
  forget_ports();
  return code;
}

unsigned short GatewayProcess::port_of(const std::string& listener) {
  const std::lock_guard lock(ports_mutex_);
  if (const auto known = ports_.find(listener); known != ports_.end()) return known->second;
  const auto text = read(log_);
  std::smatch port;
  if (!std::regex_search(text, port, std::regex("listening listener=" + listener + " address=[^ ]* port=([0-9]+)\\b"))) return 0;
  return ports_[listener] = static_cast<unsigned short>(std::stoi(port[1]));
}

/// Another process may soon have them.
void GatewayProcess::forget_ports() {
  const std::lock_guard lock(ports_mutex_);
  ports_.clear();
  log_.clear();
}

std::string GatewayProcess::log_tail() const {
  auto text = read(folder_ / ("gateway-" + std::to_string(launches_) + ".log"));
  return text.size() > 2'000 ? text.substr(text.size() - 2'000) : text;
}

GatewayProcess::Ran GatewayProcess::run(const std::vector<std::string>& arguments) {
  const auto log = folder_ / "command.log";
  fs::remove(log);
  test::Process process(command(arguments), log);
  const auto code = process.wait(patience);
  return {code.value_or(-1), read(log)};
}

}  // namespace salam::torture
