#include "gateway/app/gateway.h"

#include <algorithm>
#include <filesystem>
#include <future>
#include <stdexcept>
#include <utility>

#include <spdlog/spdlog.h>

#include "adapters/kafka/event_log.h"
#include "adapters/service_desk/service_desk.h"
#include "adapters/system137/system137.h"
#include "gateway/json/schema.h"

namespace salam::app {
namespace {

template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

std::chrono::milliseconds left(std::chrono::steady_clock::time_point deadline) {
  return std::max(std::chrono::milliseconds(0),
                  std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()));
}

void ask_what_can_be_asked(lifecycle::FollowUpPolicy& policy, pipeline::LaneSettings& lane, const UpstreamTraits& traits) {
  policy.asked = policy.asked && traits.follow_up_batch > 0;
  lane.batch = std::max<std::size_t>(traits.follow_up_batch, 1);
}

}  // namespace

Gateway::Gateway(Settings settings)
    : settings_(std::move(settings)),
      started_at_(clock_.now()),
      keys_(settings_.key_rates),
      rules_(std::make_shared<const RuleSet>()),
      store_(value_or_throw(store::open(settings_.store, clock_, random_))),
      store_metrics_(metrics_.registry()),
      meeting_watch_({.store = *store_, .clock = clock_, .executor = core_}, metrics_.registry()) {
  json::schema("intake/request");
  keys_.replace(value_or_throw(api::read_keys(settings_.keys_file)));
  if (!settings_.routing_rules.empty()) rules_ = std::make_shared<const RuleSet>(value_or_throw(load_rules(settings_.routing_rules)));
  use_calendar(value_or_throw(load_calendar(settings_.calendar)));
  make_relay();
  make_adapters();
  make_servers();
  if (relay_) relay_->start();
  core_.post([this] {
    driver_->start();
    invitations_->start();
    meeting_watch_.start();
  });
}

Gateway::~Gateway() {
  api_.reset();
  operations_.reset();
  relay_.reset();
  store_->close();
  core_.stop();
}

void Gateway::on_core(const std::function<void()>& work) {
  std::promise<void> done;
  core_.post([&] {
    try {
      work();
      done.set_value();
    } catch (...) {
      done.set_exception(std::current_exception());
    }
  });
  done.get_future().get();
}

void Gateway::make_adapters() {
  settings_.pipeline.policy.calendar = [this] { return calendar_.load(); };
  on_core([this] {
    system137_ = value_or_throw(system137::make(settings_.system137, core_.executor(), core_,
                                                [this](const upstream::ServiceListStatus& status) { service_list_ = status; }));
    service_desk_ = value_or_throw(service_desk::make(settings_.service_desk, core_.executor(), core_, {}));
    std::vector<pipeline::SmsLine> lines;
    for (const auto& line : settings_.sms) {
      sms_.push_back(sms::make_line(line, core_.executor()));
      lines.push_back({line.name, *sms_.back()});
    }
    auto& follow_ups = settings_.pipeline.policy.follow_ups;
    ask_what_can_be_asked(follow_ups[0], settings_.pipeline.lanes[static_cast<std::size_t>(Lane::status137)], system137_->traits());
    ask_what_can_be_asked(follow_ups[1], settings_.pipeline.lanes[static_cast<std::size_t>(Lane::desk_status)], service_desk_->traits());
    driver_ = std::make_unique<pipeline::Driver>(
        settings_.pipeline,
        pipeline::Driver::World{.store = *store_,
                                .system137 = *system137_,
                                .service_desk = *service_desk_,
                                .sms = std::move(lines),
                                .clock = clock_,
                                .random = random_,
                                .executor = core_,
                                .media_url = [this](const Attachment& attachment) { return media_url(attachment); }},
        metrics_.registry());
    invitations_ = std::make_unique<pipeline::Invitations>(
        settings_.pipeline.policy,
        pipeline::Invitations::World{
            .store = *store_, .clock = clock_, .random = random_, .executor = core_, .added = [this](std::vector<Task> tasks) {
              driver_->added(std::move(tasks));
            }});
  });
}

std::string Gateway::media_url(const Attachment& attachment) const {
  const bool there = attachment.is_link() || store_->holds_file(attachment);
  return there ? api::media_address(*store_, settings_.attachments.public_url, attachment) : std::string();
}

void Gateway::make_relay() {
  if (!settings_.kafka) {
    spdlog::warn("no kafka.brokers: events wait in the outbox, readable at GET /v1/events");
    return;
  }
  event_log_ = kafka::make_event_log(kafka_settings(settings_, store_->incarnation()));
  relay_ = std::make_unique<pipeline::Relay>(*store_, *event_log_, clock_, pipeline::RelaySettings{}, [](const pipeline::RelayStatus&) {});
}

void Gateway::make_servers() {
  context_ = std::make_unique<api::Context>(api::Context{
      .store = *store_,
      .clock = clock_,
      .random = random_,
      .policy = settings_.pipeline.policy,
      .attachments = settings_.attachments,
      .printing = settings_.printing,
      .reports = settings_.reports,
      .scratch = std::filesystem::absolute(settings_.store.path).parent_path().string(),
      .rules = [this] { return rules_.load(); },
      .units = settings_.units,
      .review_officer = settings_.review_officer,
      .deadlines_changed = [this] { meeting_watch_.deadlines_changed(); },
      .invitation_approved = [this] { invitations_->approved(); },
      .aside = [this](std::function<void()> work) { printer_.post(std::move(work)); },
      .added = [this](std::vector<Task> tasks) { driver_->added(std::move(tasks)); },
      .await_registration =
          [this](RequestKey key, Milliseconds wait, std::function<void(std::optional<Record>)> handler) {
            driver_->await_registration(key, wait, std::move(handler));
          },
      .callbacks = {.doors = {std::make_shared<api::CallbackDoor>(settings_.callbacks[0]),
                              std::make_shared<api::CallbackDoor>(settings_.callbacks[1])},
                    .sms = std::make_shared<api::CallbackDoor>(settings_.sms_callback)},
      .read_callback =
          [this](System system, std::string_view body) {
            return (system == System::system137 ? system137_ : service_desk_)->read_callback(body);
          },
      .read_delivery = [this](std::string_view name, const CallbackParameters& parameters) -> std::optional<DeliveryNotice> {
        const auto line = std::ranges::find(settings_.sms, name, &sms::LineSettings::name);
        if (line == settings_.sms.end()) return std::nullopt;
        return sms_[static_cast<std::size_t>(line - settings_.sms.begin())]->read_callback(parameters);
      },
      .release_relay = [this](std::int64_t position, bool skip, const std::string& by) -> Result<void> {
        if (!relay_) return Error{"relay_not_refused", "no broker is configured"};
        return skip ? relay_->skip(position, by) : relay_->release(position, by);
      },
  });
  const auto authenticate = [this](std::string_view authorization, std::string_view scope) {
    return keys_.judge(authorization, scope, std::chrono::steady_clock::now());
  };
  operations_ = http::serve(settings_.operations,
                            api::health_routes({.store = *store_,
                                                .dependencies =
                                                    [this](std::function<void(std::vector<api::Dependency>)> handler) {
                                                      core_.post([this, handler = std::move(handler)] { handler(dependencies()); });
                                                    },
                                                .draining = [this] { return draining_.load(); },
                                                .metrics =
                                                    [this] {
                                                      store_metrics_.refresh(*store_, relay_ ? relay_->status().position : 0, clock_.now());
                                                      return metrics_.exposition();
                                                    },
                                                .disk_free_mark = settings_.disk_free_mark,
                                                .queue_mark = settings_.store.max_queue / 2}),
                            authenticate, metrics_.registry());
  api_ = http::serve(settings_.api, api::routes(*context_), authenticate, metrics_.registry());
}

void Gateway::use_calendar(Calendar calendar) {
  auto shared = std::make_shared<const Calendar>(std::move(calendar));
  calendar_ = shared;
  store_->count_deadlines({.calendar = std::move(shared), .approaching_before = settings_.pipeline.policy.approaching_before});
}

void Gateway::reload() {
  reload_keys();
  reload_rules();
  reload_calendar();
}

void Gateway::reload_keys() {
  if (auto keys = api::read_keys(settings_.keys_file)) {
    keys_.replace(*keys);
    spdlog::info("keys reloaded: {}", keys->size());
  } else {
    spdlog::error("keys kept as they were: {}", keys.error().message);
  }
}

void Gateway::reload_rules() {
  if (settings_.routing_rules.empty()) return;
  if (auto rules = load_rules(settings_.routing_rules)) {
    spdlog::info("routing rules reloaded: {}", rules->digest());
    rules_ = std::make_shared<const RuleSet>(std::move(*rules));
  } else {
    spdlog::error("routing rules kept as they were: {}", rules.error().message);
  }
}

void Gateway::reload_calendar() {
  if (settings_.calendar.days_off.empty()) return;
  if (auto calendar = load_calendar(settings_.calendar)) {
    spdlog::info("days off reloaded: {}", calendar->closed.size());
    use_calendar(std::move(*calendar));
    meeting_watch_.deadlines_changed();
  } else {
    spdlog::error("days off kept as they were: {}", calendar.error().message);
  }
}

void Gateway::shut_down() {
  const auto deadline = std::chrono::steady_clock::now() + settings_.drain;
  draining_ = true;
  api_->drain();
  const auto drained = std::make_shared<std::promise<void>>();
  core_.post([this, drained] { driver_->drain([drained] { drained->set_value(); }); });
  if (drained->get_future().wait_for(left(deadline)) != std::future_status::ready) {
    spdlog::warn("calls still under way are left: they will be looked up at the next start");
  }
  api_->stop(left(deadline));
  if (relay_ && !relay_->stop(left(deadline))) spdlog::warn("events not yet published stay in the outbox");
  operations_->stop(left(deadline));
  store_->close();
}

bool Gateway::alive(Milliseconds wait) {
  const auto answered = std::make_shared<std::promise<void>>();
  core_.post([answered] { answered->set_value(); });
  return answered->get_future().wait_for(wait) == std::future_status::ready;
}

std::vector<api::Dependency> Gateway::dependencies() const {
  auto system137 = lane_dependency(Lane::system137, "137", system137_->traits().by_hand);
  if (!service_list_.problem.empty()) system137.details.emplace_back("service_list_problem", service_list_.problem);
  if (service_list_.loaded) system137.details.emplace_back("services", std::to_string(service_list_.services));
  return {std::move(system137), lane_dependency(Lane::service_desk, "service_desk", service_desk_->traits().by_hand), sms_dependency(),
          relay_dependency()};
}

api::Dependency Gateway::lane_dependency(Lane lane, const std::string& name, bool by_hand) const {
  const auto status = driver_->status(lane);
  api::Dependency dependency{.name = name,
                             .state = by_hand           ? "by_hand"
                                      : !status.healthy ? "idle"
                                      : *status.healthy ? "ok"
                                                        : "failing",
                             .since = status.healthy ? status.since : started_at_,
                             .last_error = status.last_error,
                             .last_error_at = status.last_error_at,
                             .details = {{"breaker", std::string(to_string(status.view.breaker))},
                                         {"in_flight", std::to_string(status.view.in_flight)},
                                         {"queued", std::to_string(status.view.queued) + (status.view.more_in_store ? "+" : "")}}};
  if (lane != Lane::sms && !by_hand) dependency.details.emplace_back("lookup_proved", driver_->lookup_proved(lane) ? "yes" : "no");
  return dependency;
}

api::Dependency Gateway::sms_dependency() const {
  auto dependency = lane_dependency(Lane::sms, "sms", false);
  const auto lines = driver_->sms_lines();
  if (lines.size() == 1) return dependency;
  for (const auto& line : lines) {
    dependency.details.emplace_back(line.name, line.in_trouble ? "in trouble: " + line.last_error : "ok");
  }
  return dependency;
}

api::Dependency Gateway::relay_dependency() const {
  if (!relay_) return {.name = "kafka", .state = "off", .since = started_at_, .last_error = {}, .last_error_at = {}, .details = {}};
  const auto health = relay_->health();
  const auto& status = health.status;
  const bool running = status.state == pipeline::RelayState::running;
  api::Dependency dependency{.name = "kafka",
                             .state = running                                          ? "ok"
                                      : status.state == pipeline::RelayState::starting ? "idle"
                                                                                       : "failing",
                             .since = status.since,
                             .last_error = status.last_error,
                             .last_error_at = status.last_error_at,
                             .details = {{"relay", std::string(to_string(status.state))},
                                         {"position", std::to_string(status.position)},
                                         {"lag", std::to_string(health.lag)}}};
  if (status.refused_position) dependency.details.emplace_back("refused_position", std::to_string(*status.refused_position));
  return dependency;
}

}  // namespace salam::app
