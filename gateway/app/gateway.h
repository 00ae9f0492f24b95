#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "adapters/upstream/service_list.h"
#include "gateway/api/context.h"
#include "gateway/api/health.h"
#include "gateway/api/keys.h"
#include "gateway/app/core_thread.h"
#include "gateway/app/settings.h"
#include "gateway/app/store_metrics.h"
#include "gateway/observe/metrics.h"
#include "gateway/pipeline/invitations.h"
#include "gateway/pipeline/meeting_watch.h"
#include "gateway/store/file_worker.h"

namespace salam::app {

/// The running gateway: the one place where everything is put together.
class Gateway {
 public:
  /// Opens the store, wires the rooms, and listens. Throws std::runtime_error with a sentence for the operator.
  explicit Gateway(Settings settings);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  [[nodiscard]] unsigned short api_port() const { return api_->port(); }
  [[nodiscard]] unsigned short operations_port() const { return operations_->port(); }
  /// Keys, routing rules and days off anew. What cannot be read keeps the old, and the log says so.
  void reload();
  /// Not ready, no new requests; what is under way is finished within the configured time; all is flushed.
  void shut_down();
  /// The core thread answers within the wait.
  [[nodiscard]] bool alive(Milliseconds wait);

 private:
  void make_adapters();
  void make_relay();
  void make_servers();
  void reload_keys();
  void reload_rules();
  void reload_calendar();
  void use_calendar(Calendar calendar);
  [[nodiscard]] std::string media_url(const Attachment& attachment) const;
  /// Runs it on the core thread and waits for it; what it throws is thrown here.
  void on_core(const std::function<void()>& work);
  [[nodiscard]] std::vector<api::Dependency> dependencies() const;
  [[nodiscard]] api::Dependency lane_dependency(Lane lane, const std::string& name, bool by_hand) const;
  [[nodiscard]] api::Dependency sms_dependency() const;
  [[nodiscard]] api::Dependency relay_dependency() const;

  Settings settings_;
  SystemClock clock_;
  SystemRandom random_;
  Timestamp started_at_;
  observe::Metrics metrics_;
  api::KeyRing keys_;
  std::atomic<std::shared_ptr<const RuleSet>> rules_;
  std::atomic<std::shared_ptr<const Calendar>> calendar_;
  std::unique_ptr<store::Store> store_;
  StoreMetrics store_metrics_;
  CoreThread core_;
  // These live on the core thread.
  upstream::ServiceListStatus service_list_;
  std::unique_ptr<Upstream> system137_;
  std::unique_ptr<Upstream> service_desk_;
  std::vector<std::unique_ptr<SmsProvider>> sms_;
  std::unique_ptr<pipeline::Driver> driver_;
  std::unique_ptr<pipeline::Invitations> invitations_;
  pipeline::MeetingWatch meeting_watch_;

  std::unique_ptr<EventLog> event_log_;
  std::unique_ptr<pipeline::Relay> relay_;
  std::unique_ptr<api::Context> context_;
  store::FileWorker printer_;  ///< Makes pages to print, for the context above.
  std::atomic<bool> draining_ = false;
  std::unique_ptr<http::Server> api_;
  std::unique_ptr<http::Server> operations_;
};

}  // namespace salam::app
