#include <atomic>
#include <memory>
#include <utility>

#include "gateway/api/context.h"
#include "gateway/http/target.h"

namespace salam::api {
namespace {

constexpr std::size_t body_limit = 1024 * 1024;
constexpr std::size_t most_reports = 1'000;

/// Answers once everything that a callback says is committed, so that whoever sent it may forget it.
class Commits {
 public:
  explicit Commits(const Context& context, http::Request request, http::Reply reply)
      : context_(context), request_(std::move(request)), reply_(std::move(reply)) {}
  ~Commits() {
    if (failed_) {
      refuse(request_, reply_, {.code = "overloaded"});
    } else {
      reply_({.status = 204, .content_type = {}, .headers = {}, .body = {}});
    }
  }
  Commits(const Commits&) = delete;
  Commits& operator=(const Commits&) = delete;

  void update(const std::shared_ptr<Commits>& self, RequestKey key, Transition transition) const {
    context_.store.update(key, std::move(transition), [self](store::UpdateOutcome outcome) {
      if (outcome) {
        self->context_.added(std::move(outcome->tasks));
      } else if (outcome.error().code == "overloaded" || outcome.error().code == "storage_full") {
        self->failed_ = true;
      }
    });
  }

 private:
  const Context& context_;
  http::Request request_;
  http::Reply reply_;
  std::atomic<bool> failed_ = false;
};

lifecycle::Moment moment(const Context& context) {
  return {.now = context.clock.now(), .jitter = 0, .random_bits = context.random.bits(), .attempt = {}};
}

// --- what becomes of requests -------------------------------------------------------------------------------------

/// Refuses by itself and returns nothing where the path names no system.
std::optional<System> system_of(const http::Request& request, const http::Reply& reply) {
  const auto system = parse_system(request.parameters.at(0));
  if (!system) refuse(request, reply, {.code = "not_found"});
  return system;
}

/// `believed`: what it says is taken for true; otherwise the system is asked, where it can be.
void take_reports(const Context& context, System system, bool believed, const http::Request& request, const http::Reply& reply) {
  const auto reports = context.read_callback(system, request.body);
  if (!reports) {
    return refuse(request, reply, {.code = "callback_unreadable", .errors = {{.pointer = "", .expected = reports.error().message}}});
  }
  if (reports->size() > most_reports) return refuse(request, reply, {.code = "body_too_large"});
  const bool taken = believed || !context.policy.follow_up(system).asked;
  const auto commits = std::make_shared<Commits>(context, request, reply);
  for (const auto& report : *reports) {
    for (const auto& record : context.store.find_by_code(report.code)) {
      const auto& registration = record.request.registration;
      if (registration.system != system || registration.code != report.code) continue;
      commits->update(commits, record.request.key, [&policy = context.policy, report, taken, when = moment(context)](const Record& now) {
        return taken ? lifecycle::followed_up(now, report, policy, when) : lifecycle::follow_up_now(now, policy, when);
      });
    }
  }
}

void post_signed(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto system = system_of(request, reply);
  if (!system) return;
  auto& door = *context.callbacks.doors.at(static_cast<std::size_t>(*system));
  const auto& settings = door.settings();
  switch (
      door.judge(request.header(settings.timestamp_header), request.header(settings.signature_header), request.body, context.clock.now())) {
    case CallbackDoor::Signed::wrongly:
      return refuse(request, reply, {.code = "callback_refused"});
    case CallbackDoor::Signed::again:
      return reply({.status = 204, .content_type = {}, .headers = {}, .body = {}});
    case CallbackDoor::Signed::rightly:
      return take_reports(context, *system, true, request, reply);
  }
}

void post_secret(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto system = system_of(request, reply);
  if (!system) return;
  if (!context.callbacks.doors.at(static_cast<std::size_t>(*system))->knows_secret(request.parameters.at(1))) {
    return refuse(request, reply, {.code = "callback_refused"});
  }
  take_reports(context, *system, false, request, reply);
}

// --- what becomes of texts ----------------------------------------------------------------------------------------

/// The query's parameters, and a form's.
CallbackParameters parameters_of(const http::Request& request) {
  auto parameters = request.query;
  if (auto form = http::parse_form(request.body)) parameters.insert(parameters.end(), form->begin(), form->end());
  return parameters;
}

void take_delivery(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto& line = request.parameters.at(0);
  if (!context.callbacks.sms->knows_secret(request.parameters.at(1))) return refuse(request, reply, {.code = "callback_refused"});
  const auto notice = context.read_delivery(line, parameters_of(request));
  if (!notice) {
    return refuse(request, reply, {.code = "callback_unreadable", .errors = {{.pointer = "", .expected = "a delivery report"}}});
  }
  const auto commits = std::make_shared<Commits>(context, request, reply);
  const auto message = context.store.message_on_the_way(line, notice->provider_id);
  if (!message) return;
  commits->update(commits, message->request,
                  [&policy = context.policy, id = message->message, line, notice = *notice, when = moment(context)](const Record& now) {
                    if (!notice.status) return lifecycle::message_news(now, id, when);
                    const auto& status = *notice.status;
                    const lifecycle::DeliveryReport report{status.delivery, notice.provider_id, status.reason};
                    return lifecycle::message_reported(now, id, line, report, policy, when);
                  });
}

}  // namespace

std::vector<http::Route> callback_routes(const Context& context) {
  using http::Method;
  const auto route = [&context](Method method, const std::string& path, auto handler) {
    return http::Route{
        .method = method,
        .path = path,
        .scope = "",
        .handler = [&context, handler](const http::Request& request, const http::Reply& reply) { handler(context, request, reply); },
        .body_limit = body_limit,
        .media_type = ""};
  };
  return {
      route(Method::post, "/v1/callbacks/{system}", post_signed),
      route(Method::post, "/v1/callbacks/{system}/{secret}", post_secret),
      route(Method::get, "/v1/callbacks/sms/{line}/{secret}", take_delivery),
      route(Method::post, "/v1/callbacks/sms/{line}/{secret}", take_delivery),
  };
}

}  // namespace salam::api
