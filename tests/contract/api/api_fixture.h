#pragma once

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/api/context.h"
#include "gateway/http/router.h"
#include "gateway/http/target.h"
#include "gateway/json/parse.h"
#include "tests/contract/api/api_contract.h"
#include "tests/unit/store/support.h"

namespace salam::test {

/// The API's handlers on a real store, without sockets. Every reply is held against openapi.yaml.
class Api : public testing::Test {
 protected:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  struct Answer {
    http::Response response;
    json::Document json;
    [[nodiscard]] std::string at(std::string_view pointer) const {
      const auto* const value = json::find(json, pointer);
      return value == nullptr ? "(absent)" : json::text_of(*value).value_or(json::to_text(*value));
    }
  };

  explicit Api(bool personal_data_in_events = false) {
    store::Settings settings{.path = directory_.database()};
    settings.personal_data_in_events = personal_data_in_events;
    store_ = store::open(settings, clock_, random_).value();
    rules_ = std::make_shared<const RuleSet>(RuleSet::make({{.name = "power",
                                                             .why = "برق",
                                                             .kinds = {},
                                                             .regions = {},
                                                             .categories = {},
                                                             .words = {"برق"},
                                                             .system = System::service_desk,
                                                             .set_category = "other_bodies"}},
                                                           "d1")
                                                 .value());
    context_ = std::make_unique<api::Context>(api::Context{
        .store = *store_,
        .clock = clock_,
        .random = random_,
        .policy = policy_,
        .attachments = {.link_hosts = {"photos.example"}, .public_url = "https://gateway.example/salam"},
        .scratch = std::filesystem::temp_directory_path().string(),
        .rules = [this] { return rules_; },
        .review_officer = "مسئول پیگیری ویژه",
        .deadlines_changed = [] {},
        .added = [](const std::vector<Task>&) {},
        .await_registration = [this](RequestKey key, Milliseconds, auto handler) { register_in_time(key, std::move(handler)); },
        .release_relay = [this](std::int64_t position, bool skip, const std::string& by) -> Result<void> {
          if (position != refused_position) return Error{"relay_not_refused", "nothing is refused there"};
          released_ = (skip ? "skipped by " : "tried again by ") + by;
          return {};
        },
    });
    router_.emplace(api::routes(*context_));
    EXPECT_EQ(put("/v1/meetings/m1", meeting).response.status, 201);
  }
  ~Api() override { store_->close(); }

  static constexpr std::int64_t refused_position = 7;
  static constexpr const char* meeting = R"({"region": "5", "mosque": "مسجد جامع", "date": "2026-11-24"})";

  Answer ask(http::Method method, const std::string& target, std::string body = {}, Headers headers = {}) {
    auto parsed = http::parse_target(target).value();
    const auto match = router_->find(method, parsed.raw_path);
    if (match.route == nullptr) throw std::runtime_error("no route for " + target);
    const auto replied = std::make_shared<std::promise<http::Response>>();
    auto reply = replied->get_future();
    match.route->handler({.method = method,
                          .path = std::move(parsed.path),
                          .query = std::move(parsed.query),
                          .headers = std::move(headers),
                          .parameters = match.parameters,
                          .body = std::move(body),
                          .caller = {.name = "tablet", .scopes = scopes_}},
                         [replied](http::Response response) { replied->set_value(std::move(response)); });
    EXPECT_EQ(reply.wait_for(std::chrono::seconds(20)), std::future_status::ready) << target;
    Answer answer{.response = reply.get(), .json = {}};
    const auto& operation = ApiContract::written().operation(http::to_string(method), match.route->path);
    EXPECT_THAT(ApiContract::written().faults(operation, answer.response), testing::IsEmpty()) << operation.method << ' ' << target << '\n'
                                                                                               << answer.response.content();
    if (auto document = json::parse(answer.response.content())) answer.json = std::move(*document);
    return answer;
  }
  Answer get(const std::string& target) { return ask(http::Method::get, target); }
  Answer post(const std::string& target, std::string body, Headers headers = {}) {
    return ask(http::Method::post, target, std::move(body), std::move(headers));
  }
  Answer put(const std::string& target, std::string body) { return ask(http::Method::put, target, std::move(body)); }

  static std::string form(const std::string& number, const std::string& more = R"("citizen": {"name": "نمونه", "mobile": "09130001234"})") {
    return R"({"meeting": "m1", "form": ")" + number + R"(", "kind": "complaint", "subject": "چاله", "description": "در خیابان", )" + more +
           "}";
  }
  /// Hands it in and returns its id.
  std::string take_in(const std::string& number, const std::string& more = R"("citizen": {"name": "نمونه", "mobile": "09130001234"})") {
    const auto receipt = post("/v1/requests", form(number, more));
    EXPECT_EQ(receipt.response.status, 202) << receipt.response.body;
    return receipt.at("/id");
  }

  Record record(const std::string& id) { return store_->find(Uuid::parse(id).value()).value(); }

  lifecycle::Moment moment(std::string action = "register") {
    Attempt attempt{.target = "137", .action = std::move(action), .at = clock_.now(), .took = Milliseconds{12}, .outcome = "answered"};
    return {.now = clock_.now(), .jitter = 0.5, .random_bits = random_.bits(), .attempt = std::move(attempt)};
  }

  /// Carries a transition of the lifecycle out and looks at the request afterwards.
  template <class Step>
  Record go(const std::string& id, Step step) {
    const auto done = store::test::Calls{*store_}.update(record(id).request.key, [&](const Record& current) { return step(current); });
    EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().code + ": " + done.error().message);
    get("/v1/requests/" + id);
    return record(id);
  }

  Answer settle(const std::string& id, std::string body) {
    return post("/v1/requests/" + id + "/settle", std::move(body), {{"idempotency-key", std::to_string(++settlings_)}});
  }

  /// What `Prefer: wait` waits for, when a test wants it to come in time. Called on the store's thread.
  void register_in_time(RequestKey key, std::function<void(std::optional<Record>)> handler) {
    if (!registers_in_time_) return handler(std::nullopt);
    store_->update(
        key, [this](const Record& current) { return lifecycle::begin_call(current, {}, policy_, {.now = clock_.now()}); },
        [this, key, handler = std::move(handler)](const store::UpdateOutcome&) {
          store_->update(
              key, [this](const Record& current) { return lifecycle::call_registered(current, "4711", policy_, {.now = clock_.now()}); },
              [handler](store::UpdateOutcome outcome) { handler(std::move(outcome->record)); });
        });
  }

  store::test::Directory directory_;
  store::test::SetClock clock_;
  store::test::SeededRandom random_;
  lifecycle::Policy policy_;
  std::shared_ptr<const RuleSet> rules_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<api::Context> context_;
  std::optional<http::Router> router_;
  std::string released_;
  bool registers_in_time_ = false;
  int settlings_ = 0;
  std::vector<std::string> scopes_;  ///< Of the caller's key, beyond the route's.
};

}  // namespace salam::test
