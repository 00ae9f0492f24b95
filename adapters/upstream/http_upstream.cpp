#include "adapters/upstream/http_upstream.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include <spdlog/fmt/fmt.h>

namespace salam::upstream {
namespace {

using Steady = std::chrono::steady_clock;

Milliseconds since(Steady::time_point start) { return std::chrono::duration_cast<Milliseconds>(Steady::now() - start); }

Timestamp wall_clock() { return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now()); }

/// Carries one lookup through its pages; lives as long as a call of it is under way.
class LookupRun : public std::enable_shared_from_this<LookupRun> {
 public:
  LookupRun(std::unique_ptr<Lookup> lookup, std::weak_ptr<http_client::Client> client, Milliseconds deadline,
            Upstream::Handler<LookupOutcome> handler)
      : lookup_(std::move(lookup)), client_(std::move(client)), deadline_(deadline), handler_(std::move(handler)) {}

  void ask(Milliseconds within) {
    if (const auto client = client_.lock()) {
      client->send(lookup_->request(), within,
                   [self = shared_from_this()](const http_client::Outcome& outcome) { self->came_back(outcome); });
    }
  }

 private:
  void came_back(const http_client::Outcome& outcome) {
    if (const auto* const failure = std::get_if<http_client::Failure>(&outcome)) {
      return end({read_outcome<LookupOutcome>(*failure), failure->why});
    }
    if (auto answer = lookup_->feed(std::get<http_client::Response>(outcome))) return end(std::move(*answer));
    const auto left = deadline_ - since(start_);
    if (left <= Milliseconds{0}) return end({outcome::TryLater{"the lookup's pages took too long", std::nullopt, true}, ""});
    ask(left);
  }

  void end(Answer<LookupOutcome> answer) { handler_({std::move(answer.outcome), since(start_), std::move(answer.excerpt)}); }

  std::unique_ptr<Lookup> lookup_;
  std::weak_ptr<http_client::Client> client_;
  Milliseconds deadline_;
  Upstream::Handler<LookupOutcome> handler_;
  Steady::time_point start_ = Steady::now();
};

/// A request as it was sent, for what came back to be read by: without what its files hold, which is no longer needed.
std::shared_ptr<const Request> lightened(const std::shared_ptr<const Request>& request) {
  if (request->files.empty()) return request;
  auto light = std::make_shared<Request>(*request);
  for (auto& file : light->files) file.content.reset();
  return light;
}

/// What is said and heard in a call that may carry files.
template <class Outcome>
struct Words {
  std::function<http_client::Request(const Request&)> said;
  std::function<Answer<Outcome>(const Request&, const http_client::Response&)> heard;
};

/// Carries one registration or amendment. Where the system refuses its files, it is sent once more without them, within the same deadline:
/// a 413 or 415 that the configuration does not explain otherwise says that nothing was done.
template <class Outcome>
class Submission : public std::enable_shared_from_this<Submission<Outcome>> {
 public:
  Submission(Words<Outcome> words, std::weak_ptr<http_client::Client> client, Milliseconds deadline, Upstream::Handler<Outcome> handler)
      : words_(std::move(words)), client_(std::move(client)), deadline_(deadline), handler_(std::move(handler)) {}

  void send(const std::shared_ptr<const Request>& request, Milliseconds within) {
    if (const auto client = client_.lock()) {
      client->send(words_.said(*request), within,
                   [self = this->shared_from_this(), light = lightened(request)](const http_client::Outcome& outcome) {
                     self->came_back(*light, outcome);
                   });
    }
  }

 private:
  void came_back(const Request& request, const http_client::Outcome& outcome) {
    if (const auto* const failure = std::get_if<http_client::Failure>(&outcome)) {
      return end({act_outcome<Outcome>(*failure), failure->why});
    }
    const auto& response = std::get<http_client::Response>(outcome);
    auto answer = words_.heard(request, response);
    const bool files_refused = (response.status == content_too_large || response.status == unsupported_media_type) &&
                               std::holds_alternative<outcome::Unclear>(answer.outcome);
    if (request.files.empty() || !files_refused) return end(std::move(answer));
    before_ = fmt::format("without its files, which got HTTP {}; ", response.status);
    auto without_files = std::make_shared<Request>(request);
    without_files->files.clear();
    send(without_files, deadline_ - since(start_));
  }

  void end(Answer<Outcome> answer) { handler_({std::move(answer.outcome), since(start_), before_ + answer.excerpt}); }

  static constexpr int content_too_large = 413;
  static constexpr int unsupported_media_type = 415;

  Words<Outcome> words_;
  std::weak_ptr<http_client::Client> client_;
  Milliseconds deadline_;
  Upstream::Handler<Outcome> handler_;
  Steady::time_point start_ = Steady::now();
  std::string before_;
};

class HttpUpstream final : public Upstream {
 public:
  HttpUpstream(UpstreamTraits traits, std::shared_ptr<const Protocol> protocol, std::shared_ptr<http_client::Client> client,
               Executor& executor)
      : traits_(traits), protocol_(std::move(protocol)), client_(std::move(client)), executor_(executor) {}

  [[nodiscard]] const UpstreamTraits& traits() const override { return traits_; }

  void submit(std::shared_ptr<const Request> request, Handler<SubmitOutcome> handler) override {
    if (auto objection = protocol_->objection(*request); !objection.empty()) return refuse(std::move(handler), std::move(objection));
    send<SubmitOutcome>(
        request,
        {.said = [protocol = protocol_](const Request& sent) { return protocol->submit_request(sent); },
         .heard = [protocol = protocol_](const Request& sent, const auto& response) { return protocol->submit_answer(sent, response); }},
        std::move(handler));
  }

  void look_up(std::shared_ptr<const Request> request, Handler<LookupOutcome> handler) override {
    if (!protocol_->has_lookup()) return refuse(std::move(handler), "no lookup is configured");
    if (auto objection = protocol_->objection(*request); !objection.empty()) return refuse(std::move(handler), std::move(objection));
    std::make_shared<LookupRun>(protocol_->look_up(*request), client_, traits_.call_deadline, std::move(handler))
        ->ask(traits_.call_deadline);
  }

  void poll(std::string token, Handler<PollOutcome> handler) override {
    if (!protocol_->has_tokens()) return refuse(std::move(handler), "this system gives no tokens");
    auto message = protocol_->poll_request(token);
    client_->send(std::move(message), traits_.call_deadline,
                  [protocol = protocol_, token = std::move(token), handler = std::move(handler),
                   start = Steady::now()](const http_client::Outcome& outcome) {
                    if (const auto* const failure = std::get_if<http_client::Failure>(&outcome)) {
                      return handler({read_outcome<PollOutcome>(*failure), since(start), failure->why});
                    }
                    auto answer = protocol->poll_answer(token, std::get<http_client::Response>(outcome));
                    handler({std::move(answer.outcome), since(start), std::move(answer.excerpt)});
                  });
  }

  void amend(std::shared_ptr<const Request> request, const Handler<AmendOutcome>& handler) override {
    if (!protocol_->amends()) return refuse(handler, "no [amend] is configured");
    if (auto objection = protocol_->amendment_objection(*request); !objection.empty()) return refuse(handler, std::move(objection));
    send<AmendOutcome>(
        request,
        {.said = [protocol = protocol_](const Request& sent) { return protocol->amend_request(sent); },
         .heard = [protocol = protocol_](const Request& sent, const auto& response) { return protocol->amend_answer(sent, response); }},
        handler);
  }

  void look_up_amendment(std::shared_ptr<const Request> request, const Handler<LookupOutcome>& handler) override {
    if (!protocol_->has_amendment_lookup()) return refuse(handler, "no lookup of amendments is configured");
    std::make_shared<LookupRun>(protocol_->look_up_amendment(*request, wall_clock()), client_, traits_.call_deadline, handler)
        ->ask(traits_.call_deadline);
  }

  void follow_up(const std::vector<std::string>& codes, const Handler<FollowUpOutcome>& handler) override {
    client_->send(protocol_->follow_up_request(codes, wall_clock()), traits_.call_deadline,
                  [protocol = protocol_, codes, handler, start = Steady::now()](const http_client::Outcome& outcome) {
                    if (const auto* const failure = std::get_if<http_client::Failure>(&outcome)) {
                      return handler({read_outcome<FollowUpOutcome>(*failure), since(start), failure->why});
                    }
                    auto answer = protocol->follow_up_answer(codes, std::get<http_client::Response>(outcome));
                    handler({std::move(answer.outcome), since(start), std::move(answer.excerpt)});
                  });
  }

  [[nodiscard]] Result<std::vector<ProgressReport>> read_callback(std::string_view body) const override {
    return protocol_->read_callback(body);
  }

 private:
  template <class Outcome>
  void send(const std::shared_ptr<const Request>& request, Words<Outcome> words, Handler<Outcome> handler) {
    std::make_shared<Submission<Outcome>>(std::move(words), client_, traits_.call_deadline, std::move(handler))
        ->send(request, traits_.call_deadline);
  }

  template <class Outcome>
  void refuse(Handler<Outcome> handler, std::string why) {
    executor_.post([handler = std::move(handler), why = std::move(why)] { handler({outcome::Unclear{why}, Milliseconds{0}, why}); });
  }

  UpstreamTraits traits_;
  std::shared_ptr<const Protocol> protocol_;
  std::shared_ptr<http_client::Client> client_;
  Executor& executor_;
};

}  // namespace

std::unique_ptr<Upstream> make_http_upstream(UpstreamTraits traits, std::shared_ptr<const Protocol> protocol,
                                             std::shared_ptr<http_client::Client> client, Executor& executor) {
  if (!protocol->takes_files()) traits.takes_files = 0;
  if (!protocol->amendment_takes_files()) traits.amendment_takes_files = 0;
  traits.has_lookup = protocol->has_lookup();
  traits.amends = protocol->amends();
  traits.amendment_sets_values = protocol->amendment_sets_values();
  traits.has_amendment_lookup = protocol->has_amendment_lookup();
  traits.amendment_takes_media = protocol->amendment_takes_media();
  traits.follow_up_batch = protocol->follow_up_batch();
  return std::make_unique<HttpUpstream>(traits, std::move(protocol), std::move(client), executor);
}

}  // namespace salam::upstream
