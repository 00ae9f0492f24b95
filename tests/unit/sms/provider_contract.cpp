#include "tests/unit/sms/provider_contract.h"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

namespace salam::sms {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

/// Never answers.
class SilentClient final : public http_client::Client {
 public:
  void send(http_client::Request /*request*/, Milliseconds /*timeout*/, http_client::Handler handler) override {
    handlers_.push_back(std::move(handler));
  }

 private:
  std::vector<http_client::Handler> handlers_;
};

/// A driver under test and what its calls are answered.
struct Bench {
  Script script;
  boost::asio::io_context io;
  std::unique_ptr<SmsProvider> provider;

  explicit Bench(const ProviderCase& the_case) : provider(the_case.make(std::make_unique<ScriptedClient>(script), io.get_executor())) {}

  Reply<SendOutcome> send(http_client::Outcome answer) {
    script.answer({std::move(answer)});
    return sms::send(*provider, a_message());
  }
  /// What came of a question for one message.
  Reply<StatusOutcome> status(http_client::Outcome answer) {
    script.answer({std::move(answer)});
    std::vector<Reply<StatusOutcome>> told;
    provider->status({"4711"}, [&](Reply<StatusOutcome> reply) { told.push_back(std::move(reply)); });
    io.restart();
    io.run();
    EXPECT_EQ(told.size(), 1U);
    return told.empty() ? Reply<StatusOutcome>{outcome::TryLater{}, {}, {}} : std::move(told.front());
  }
};

/// What the shared table's word for a registration means to a text.
std::string expected(const upstream::BadAnswer& answer, const ProviderCase& the_case) {
  if (answer.submit == "registered") return the_case.numeric_ids && answer.name != "CodeIsANumber" ? "uncertain" : "sent";
  return answer.submit == "unclear" ? "misconfigured" : std::string(answer.submit);
}

TEST_P(SmsProviderContract, TakesAMessageOnceAndTellsItsId) {
  Bench bench(GetParam());
  const auto reply = bench.send(GetParam().sent(GetParam().id));
  ASSERT_EQ(name_of(reply.outcome), "sent") << why_of(reply.outcome);
  EXPECT_EQ(why_of(reply.outcome), GetParam().id);
  ASSERT_EQ(bench.script.requests.size(), 1U);
  EXPECT_THAT(bench.script.request().target + bench.script.request().body, HasSubstr("9131234567"));
}

TEST_P(SmsProviderContract, SaysTheSameOfTheSameMessageEachTime) {
  Bench bench(GetParam());
  bench.send(GetParam().sent(GetParam().id));
  bench.send(GetParam().sent(GetParam().id));
  ASSERT_EQ(bench.script.requests.size(), 2U);
  EXPECT_EQ(bench.script.requests[0].target, bench.script.requests[1].target);
  EXPECT_EQ(bench.script.requests[0].body, bench.script.requests[1].body);
}

TEST_P(SmsProviderContract, TellsTheOutcomesApart) {
  Bench bench(GetParam());
  EXPECT_EQ(name_of(bench.send(GetParam().rejected).outcome), "rejected");
  EXPECT_EQ(name_of(bench.send(GetParam().misconfigured).outcome), "misconfigured");
  const auto later = bench.send(GetParam().later);
  ASSERT_EQ(name_of(later.outcome), "later");
  EXPECT_TRUE(std::get<outcome::TryLater>(later.outcome).reachable);
}

TEST_P(SmsProviderContract, SendsAgainOnlyWhereNothingWentOut) {
  Bench bench(GetParam());
  const auto unsent = bench.send(http_client::Failure{true, "connecting: refused"});
  ASSERT_EQ(name_of(unsent.outcome), "later");
  EXPECT_FALSE(std::get<outcome::TryLater>(unsent.outcome).reachable);
  EXPECT_EQ(name_of(bench.send(http_client::Failure{false, "reset"}).outcome), "uncertain");
  EXPECT_THAT(name_of(bench.status(http_client::Failure{false, "reset"}).outcome), AnyOf("later", "told"));
}

TEST_P(SmsProviderContract, ObeysRetryAfter) {
  Bench bench(GetParam());
  const auto reply = bench.send(http_client::Response{503, {{"retry-after", "30"}}, "busy"});
  ASSERT_EQ(name_of(reply.outcome), "later");
  EXPECT_EQ(std::get<outcome::TryLater>(reply.outcome).after, Milliseconds(30'000));
}

TEST_P(SmsProviderContract, HasADefinedOutcomeForABadAnswerToASend) {
  ASSERT_FALSE(GetParam().bad_answers.empty());
  for (const auto& answer : GetParam().bad_answers) {
    Bench bench(GetParam());
    const auto reply = bench.send(answer.response());
    EXPECT_EQ(name_of(reply.outcome), expected(answer, GetParam())) << answer << ": " << why_of(reply.outcome);
    EXPECT_LT(why_of(reply.outcome).size() + reply.excerpt.size(), 2'000U) << answer;
  }
}

TEST_P(SmsProviderContract, TellsOfNoDeliveryByABadAnswer) {
  for (const auto& answer : GetParam().bad_reports) {
    Bench bench(GetParam());
    const auto reply = bench.status(answer.response());
    if (const auto* const told = std::get_if<std::vector<DeliveryStatus>>(&reply.outcome)) {
      EXPECT_TRUE(told->empty()) << answer;
    } else {
      EXPECT_EQ(name_of(reply.outcome), answer.look_up == "unclear" ? "misconfigured" : "later") << answer;
    }
  }
}

/// A reply that repeats all that was said.
http_client::Response echo(const http_client::Request& request, int status) {
  auto all = request.method + request.target + request.body;
  for (const auto& [name, value] : request.headers) all += name + value;
  return {status, {}, all + std::string(persian_text) + " 09131234567 +989131234567"};
}

TEST_P(SmsProviderContract, KeepsPersonalDataAndSecretsFromOperators) {
  for (const int status : {200, 202, 400, 403, 500}) {
    Bench bench(GetParam());
    bench.send(GetParam().sent(GetParam().id));
    const auto reply = bench.send(echo(bench.script.request(), status));
    for (const auto& told : {why_of(reply.outcome), reply.excerpt}) {
      EXPECT_THAT(told, Not(HasSubstr("9131234567"))) << status;
      EXPECT_THAT(told, Not(HasSubstr(GetParam().secret))) << status;
      EXPECT_THAT(told, Not(HasSubstr("درخواست"))) << status;
    }
  }
}

TEST_P(SmsProviderContract, HasTraitsThatAgree) {
  Bench bench(GetParam());
  const auto& traits = bench.provider->traits();
  EXPECT_EQ(traits.deduplicates, traits.deduplicates_for > Milliseconds(0));
  EXPECT_GT(traits.absent_after, Milliseconds(0));
  EXPECT_GT(traits.uncertain_for, traits.call_deadline);
  EXPECT_EQ(traits.has_status, !GetParam().bad_reports.empty());
  EXPECT_GT(traits.status_batch, 0U);
  EXPECT_GT(traits.call_deadline, Milliseconds(0));
}

TEST_P(SmsProviderContract, DropsTheHandlersOfCallsUnderWayUncalled) {
  boost::asio::io_context io;
  auto provider = GetParam().make(std::make_unique<SilentClient>(), io.get_executor());
  bool called = false;
  provider->send(a_message(), [&](const Reply<SendOutcome>&) { called = true; });
  provider->status({"1"}, [&](const Reply<StatusOutcome>&) { called = true; });
  provider.reset();
  io.run();
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace salam::sms
