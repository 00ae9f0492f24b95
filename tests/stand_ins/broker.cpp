#include "tests/stand_ins/broker.h"

#include <set>
#include <stdexcept>
#include <vector>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <rapidjson/document.h>

#include "tests/stand_ins/json.h"

namespace salam::stand_ins {

namespace {

constexpr int node = 1;

struct DestroyClient {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
};
struct DestroyCluster {
  void operator()(rd_kafka_mock_cluster_t* cluster) const { rd_kafka_mock_cluster_destroy(cluster); }
};

std::optional<rd_kafka_resp_err_t> error_by_name(std::string_view name) {
  const rd_kafka_err_desc* descriptions = nullptr;
  std::size_t count = 0;
  rd_kafka_get_err_descs(&descriptions, &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (descriptions[i].name && descriptions[i].name == name) return descriptions[i].code;
  }
  return std::nullopt;
}

class MockBroker : public Broker {
 public:
  explicit MockBroker(const Settings& settings) {
    char why[256] = "";
    auto* configuration = rd_kafka_conf_new();
    rd_kafka_conf_set(configuration, "log_level", "0", nullptr, 0);
    client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, configuration, why, sizeof why));
    if (!client_) {
      rd_kafka_conf_destroy(configuration);
      throw std::runtime_error(std::string("The Kafka stand-in cannot start: ") + why);
    }
    cluster_.reset(rd_kafka_mock_cluster_new(client_.get(), node));
    if (!cluster_ ||
        rd_kafka_mock_topic_create(cluster_.get(), settings.topic.c_str(), settings.partitions, 1) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      throw std::runtime_error("The Kafka stand-in cannot start");
    }
  }

  [[nodiscard]] std::string bootstrap() const override { return rd_kafka_mock_cluster_bootstraps(cluster_.get()); }

  Answer control(const Request& request) override {
    if (request.path != "/_control/faults") return {{404, R"({"error":"only /_control/faults is here"})"}};
    if (request.method == "DELETE") {
      heal();
      return {{204, ""}};
    }
    if (request.method != "POST") return {{405, R"({"error":"POST and DELETE only"})"}};
    return commit(request.body) ? Answer{{201, "{}"}} : Answer{{400, R"({"error":"see tests/stand_ins/broker.h"})"}};
  }

 private:
  void heal() {
    rd_kafka_mock_broker_set_up(cluster_.get(), node);
    rd_kafka_mock_broker_set_rtt(cluster_.get(), node, 0);
    for (auto api_key : failing_) rd_kafka_mock_clear_request_errors(cluster_.get(), api_key);
    failing_.clear();
  }

  bool commit(std::string_view json) {
    rapidjson::Document fault;
    fault.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(json.data(), json.size());
    if (fault.HasParseError() || !fault.IsObject() || !fault.HasMember("mode") || !fault["mode"].IsString()) return false;
    std::string_view mode = fault["mode"].GetString();
    auto number = [&](const char* name) { return fault.HasMember(name) && fault[name].IsInt() ? fault[name].GetInt() : -1; };
    if (mode == "down") return rd_kafka_mock_broker_set_down(cluster_.get(), node) == RD_KAFKA_RESP_ERR_NO_ERROR;
    if (mode == "up") return rd_kafka_mock_broker_set_up(cluster_.get(), node) == RD_KAFKA_RESP_ERR_NO_ERROR;
    if (mode == "slow" && number("ms") >= 0) {
      return rd_kafka_mock_broker_set_rtt(cluster_.get(), node, number("ms")) == RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    if (mode != "error" || number("api_key") < 0 || !fault.HasMember("error") || !fault["error"].IsString()) return false;
    auto error = error_by_name(fault["error"].GetString());
    if (!error || number("count") < 1) return false;
    auto api_key = static_cast<std::int16_t>(number("api_key"));
    std::vector errors(static_cast<std::size_t>(number("count")), *error);
    rd_kafka_mock_push_request_errors_array(cluster_.get(), api_key, errors.size(), errors.data());
    failing_.insert(api_key);
    return true;
  }

  std::unique_ptr<rd_kafka_t, DestroyClient> client_;
  std::unique_ptr<rd_kafka_mock_cluster_t, DestroyCluster> cluster_;
  std::set<std::int16_t> failing_;
};

}  // namespace

std::unique_ptr<Broker> start_broker(const Broker::Settings& settings) { return std::make_unique<MockBroker>(settings); }

}  // namespace salam::stand_ins
