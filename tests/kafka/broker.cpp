#include "tests/kafka/broker.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/kafka/jars.h"

namespace salam::test {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds patience{90};
constexpr std::string_view cluster_id = "Yk3vTq0bRZuGm1S9w2xKfA";

/// Ports that are free now, taken together so that they differ.
std::array<int, 3> free_ports() {
  std::array<int, 3> ports{};
  std::array<int, 3> sockets{};
  for (std::size_t i = 0; i < ports.size(); ++i) {
    sockets[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(sockets[i], generic, size) != 0 || getsockname(sockets[i], generic, &size) != 0) throw std::runtime_error("no free port");
    ports[i] = ntohs(address.sin_port);
  }
  for (const int each : sockets) close(each);
  return ports;
}

fs::path new_folder() {
  auto name = (fs::temp_directory_path() / "salam-kafka-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return name;
}

bool answers(const std::string& address) {
  auto* conf = rd_kafka_conf_new();
  rd_kafka_conf_set_log_cb(conf, nullptr);
  rd_kafka_conf_set(conf, "bootstrap.servers", address.c_str(), nullptr, 0);
  auto* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
  const rd_kafka_metadata_t* metadata = nullptr;
  const bool answered = rd_kafka_metadata(client, 0, nullptr, &metadata, 1'000) == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->broker_cnt == 1;
  if (metadata != nullptr) rd_kafka_metadata_destroy(metadata);
  rd_kafka_destroy(client);
  return answered;
}

std::runtime_error failed(const std::string& what, const fs::path& log) {
  std::ifstream stream(log);
  std::ostringstream text;
  text << stream.rdbuf();
  const auto all = std::move(text).str();
  return std::runtime_error(what + ": " + (all.size() > 2'000 ? all.substr(all.size() - 2'000) : all));
}

}  // namespace

Broker::Broker(const fs::path& jars, Options options) : jars_(jars), folder_(new_folder()), options_(std::move(options)) {
  if (options_.log_dir.empty()) options_.log_dir = folder_ / "log";
  const auto [port, controller_port, behind_proxy] = free_ports();
  address_ = "127.0.0.1:" + std::to_string(port);
  behind_proxy_ = static_cast<unsigned short>(behind_proxy);
  write_properties(controller_port);
  format();
  start();
}

Broker::~Broker() {
  process_.reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void Broker::write_properties(int controller_port) const {
  const auto controller = "127.0.0.1:" + std::to_string(controller_port);
  auto listeners = "PLAINTEXT://" + address_;
  auto advertised = listeners;
  if (!options_.proxied.empty()) {
    listeners += ",PROXIED://127.0.0.1:" + std::to_string(behind_proxy_);
    advertised += ",PROXIED://" + options_.proxied;
  }
  std::ofstream(folder_ / "server.properties")
      << "process.roles=broker,controller\n"
         "node.id=1\n"
         "controller.quorum.voters=1@"
      << controller << "\nlisteners=" << listeners << ",CONTROLLER://" << controller << "\nadvertised.listeners=" << advertised
      << "\ncontroller.listener.names=CONTROLLER\n"
         "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT\n"
         "offsets.topic.replication.factor=1\n"
         "offsets.topic.num.partitions=1\n"
         "transaction.state.log.replication.factor=1\n"
         "transaction.state.log.min.isr=1\n"
         "transaction.state.log.num.partitions=1\n"
         "group.initial.rebalance.delay.ms=0\n"
         "auto.create.topics.enable=false\n"
         "log.dirs="
      << options_.log_dir.string() << '\n';
}

std::vector<std::string> Broker::java(std::vector<std::string> arguments) const {
  std::vector<std::string> command{"java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", jars_.string() + "/*"};
  command.insert(command.end(), std::make_move_iterator(arguments.begin()), std::make_move_iterator(arguments.end()));
  return command;
}

void Broker::format() {
  const auto log = folder_ / "format.log";
  Process tool(java({"kafka.tools.StorageTool", "format", "-t", std::string(cluster_id), "-c", (folder_ / "server.properties").string()}),
               log);
  if (tool.wait(patience) != 0) throw failed("Kafka's storage could not be formatted", log);
}

void Broker::ensure_running() {
  thaw();
  if (!process_->running()) start();
}

void Broker::start() {
  const auto log = folder_ / "broker.log";
  process_ = std::make_unique<Process>(java({"kafka.Kafka", (folder_ / "server.properties").string()}), log);
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!answers(address_))
    if (!process_->running() || std::chrono::steady_clock::now() > give_up) throw failed("Kafka did not start", log);
}

void Broker::terminate() {
  process_->signal(SIGTERM);
  if (!process_->wait(patience)) throw failed("Kafka did not end", folder_ / "broker.log");
}

void Broker::kill() {
  process_->signal(SIGKILL);
  process_->wait(patience);
}

void Broker::freeze() { process_->signal(SIGSTOP); }

void Broker::thaw() { process_->signal(SIGCONT); }

Broker* shared_broker(std::string& why) {
  static std::unique_ptr<Broker> broker;
  static const Result<fs::path> jars = broker_jars();
  if (!jars) {
    why = jars.error().message;
    return nullptr;
  }
  if (!broker)
    broker = std::make_unique<Broker>(*jars);
  else
    broker->ensure_running();
  return broker.get();
}

bool kafka_required() {
  const char* required = std::getenv("SALAM_REQUIRE_KAFKA");
  return required != nullptr && std::string_view(required) == "1";
}

}  // namespace salam::test
