#include "tests/stand_ins/stand_ins.h"

#include <future>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "tests/stand_ins/broker.h"
#include "tests/stand_ins/json.h"
#include "tests/stand_ins/kavenegar.h"
#include "tests/stand_ins/magfa.h"
#include "tests/stand_ins/open311.h"
#include "tests/stand_ins/server.h"
#include "tests/stand_ins/service_desk.h"

namespace salam::stand_ins {

namespace asio = boost::asio;

std::string Addresses::to_json() const {
  Json json;
  json.open_object().member("open311", open311).member("service_desk", service_desk).member("kavenegar", kavenegar);
  json.member("magfa", magfa);
  json.member("kafka", kafka).member("topic", topic).key("control").open_object().member("137", control_137);
  json.member("service_desk", control_desk).member("sms", control_sms).member("magfa", control_magfa).member("kafka", control_kafka);
  return json.close_object().close_object().take();
}

class StandIns::Body {
 public:
  explicit Body(const Settings& settings)
      : file_(settings.ledger_file),
        system137_({settings.key_137, settings.refused_by_137, settings.unique_external_id, settings.ledger_detail, settings.pace}, file_),
        desk_({settings.key_desk, settings.refused_by_desk, settings.ledger_detail, settings.pace}, file_),
        sms_({settings.key_sms, settings.deliver_after}, file_),
        magfa_({settings.magfa_user, settings.magfa_password, settings.deliver_after}, file_),
        server_137_(serve(context_, settings.port_137, [this](const Request& request) { return system137_.handle(request); })),
        server_desk_(serve(context_, settings.port_desk, [this](const Request& request) { return desk_.handle(request); })),
        server_sms_(serve(context_, settings.port_sms, [this](const Request& request) { return sms_.handle(request); })),
        server_magfa_(serve(context_, settings.port_magfa, [this](const Request& request) { return magfa_.handle(request); })) {
    addresses_.control_137 = url_of(*server_137_);
    addresses_.control_desk = addresses_.service_desk = url_of(*server_desk_);
    addresses_.control_sms = addresses_.kavenegar = url_of(*server_sms_);
    addresses_.control_magfa = url_of(*server_magfa_);
    addresses_.magfa = addresses_.control_magfa + "/api/http/sms/v2";
    addresses_.open311 = addresses_.control_137 + "/open311/v2";
    if (settings.kafka) {
      broker_ = start_broker({settings.topic, settings.partitions});
      server_broker_ = serve(context_, 0, [this](const Request& request) { return broker_->control(request); });
      addresses_.kafka = broker_->bootstrap();
      addresses_.topic = settings.topic;
      addresses_.control_kafka = url_of(*server_broker_);
    }
    thread_ = std::thread([this] { context_.run(); });
  }

  ~Body() {
    context_.stop();
    thread_.join();
  }

  [[nodiscard]] const Addresses& addresses() const { return addresses_; }

  Response control(Which which, const Request& request) {
    auto work = std::packaged_task<Response()>([&] { return handle(which, request).response; });
    auto done = work.get_future();
    asio::post(context_, [&] { work(); });
    return done.get();
  }

 private:
  static std::string url_of(const Server& server) { return "http://127.0.0.1:" + std::to_string(server.port()); }

  Answer handle(Which which, const Request& request) {
    switch (which) {
      case Which::system137:
        return system137_.handle(request);
      case Which::service_desk:
        return desk_.handle(request);
      case Which::sms:
        return sms_.handle(request);
      case Which::magfa:
        return magfa_.handle(request);
      case Which::kafka:
        break;
    }
    return broker_ ? broker_->control(request) : Answer{{404, R"({"error":"no Kafka stand-in was started"})"}};
  }

  LedgerFile file_;
  Open311 system137_;
  ServiceDesk desk_;
  Kavenegar sms_;
  Magfa magfa_;
  std::unique_ptr<Broker> broker_;
  asio::io_context context_{1};
  std::unique_ptr<Server> server_137_;
  std::unique_ptr<Server> server_desk_;
  std::unique_ptr<Server> server_sms_;
  std::unique_ptr<Server> server_magfa_;
  std::unique_ptr<Server> server_broker_;
  Addresses addresses_;
  std::thread thread_;
};

StandIns::StandIns(const Settings& settings) : body_(std::make_unique<Body>(settings)) {}
StandIns::~StandIns() = default;

const Addresses& StandIns::addresses() const { return body_->addresses(); }

Response StandIns::control(Which which, std::string_view method, const std::string& path, std::string_view body, std::string_view query) {
  Request request;
  request.method = method;
  request.path = path;
  request.query = query;
  request.body = body;
  return body_->control(which, request);
}

}  // namespace salam::stand_ins
