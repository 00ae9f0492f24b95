#include "adapters/upstream/service_list.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "adapters/upstream/answer.h"
#include "adapters/upstream/open311_call.h"
#include "adapters/upstream/open311_reply.h"

namespace salam::upstream {
namespace {

constexpr Milliseconds first_wait{5'000};
constexpr Milliseconds longest_wait{5 * 60'000};
constexpr Milliseconds refresh{6 * 3'600'000};

class Loader : public std::enable_shared_from_this<Loader> {
 public:
  Loader(std::weak_ptr<http_client::Client> client, ServiceListSource source, Milliseconds call_deadline,
         std::shared_ptr<ServiceCatalogue> catalogue, Executor& executor, ServiceListListener listener)
      : client_(std::move(client)),
        source_(std::move(source)),
        call_deadline_(call_deadline),
        catalogue_(std::move(catalogue)),
        executor_(executor),
        listener_(std::move(listener)) {}

  void ask() {
    const auto client = client_.lock();
    if (!client) return;
    client->send(get_call("/services", source_.format, {{"jurisdiction_id", source_.jurisdiction_id}}), call_deadline_,
                 [self = shared_from_this()](const http_client::Outcome& outcome) { self->came_back(outcome); });
  }

 private:
  [[nodiscard]] Result<std::vector<Service>> read(const http_client::Outcome& outcome) const {
    if (const auto* const failure = std::get_if<http_client::Failure>(&outcome)) return Error{"services_unreadable", failure->why};
    const auto& response = std::get<http_client::Response>(outcome);
    if (!is_success(response.status)) return Error{"services_unreadable", describe(response, "", nullptr)};
    auto services = read_services(response, source_.format);
    if (!services) return Error{"services_unreadable", "the service list cannot be read: " + services.error().message};
    return services;
  }

  void came_back(const http_client::Outcome& outcome) {
    if (client_.expired()) return;
    const auto services = read(outcome);
    if (services) {
      catalogue_->learn(*services);
      status_ = {true, services->size(), catalogue_->unknown_codes(), ""};
    } else {
      status_.problem = services.error().message;
    }
    if (listener_) listener_(status_);
    const auto wait = services ? refresh : wait_;
    wait_ = services ? first_wait : std::min(wait_ * 2, longest_wait);
    executor_.call_after(wait, [self = shared_from_this()] { self->ask(); });
  }

  std::weak_ptr<http_client::Client> client_;
  ServiceListSource source_;
  Milliseconds call_deadline_;
  std::shared_ptr<ServiceCatalogue> catalogue_;
  Executor& executor_;
  ServiceListListener listener_;
  ServiceListStatus status_;
  Milliseconds wait_ = first_wait;
};

}  // namespace

void keep_service_list(std::weak_ptr<http_client::Client> client, ServiceListSource source, Milliseconds call_deadline,
                       std::shared_ptr<ServiceCatalogue> catalogue, Executor& executor, ServiceListListener listener) {
  std::make_shared<Loader>(std::move(client), std::move(source), call_deadline, std::move(catalogue), executor, std::move(listener))->ask();
}

}  // namespace salam::upstream
