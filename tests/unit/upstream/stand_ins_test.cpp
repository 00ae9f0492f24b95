// The drivers as they ship, over HTTP, with the stand-ins, which share no code with them and are as strict as the contracts.
#include "tests/stand_ins/stand_ins.h"

#include <chrono>
#include <optional>
#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/upstream/factory.h"
#include "gateway/json/parse.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using stand_ins::StandIns;
using Which = StandIns::Which;

/// Everything a request may have, so that the strict side sees all of it.
Request full_request() {
  auto request = amended_request();
  request.content.citizen.national_id = Sensitive<std::string>("0012345679");
  request.content.coordinates = Coordinates{32.6546, 51.668};
  request.handling.answer =
      salam::Answer{AnswerChannel::phone, Sensitive<std::string>("تا \"هفته\" آینده\nانجام می‌شود"), "", {}};
  request.handling.amendment.under_way.set();
  return request;
}

class WithStandIns : public testing::TestWithParam<Which> {
 protected:
  /// Registered by the driver itself.
  void SetUp() override {
    const auto answer = called<SubmitOutcome>([&](auto handler) { upstream_->submit(shared(), std::move(handler)); });
    ASSERT_TRUE(std::holds_alternative<outcome::Registered>(answer)) << name_of(answer);
    request_.registration.code = std::get<outcome::Registered>(answer).code;
  }

  std::string amended() {
    return std::string(name_of(called<AmendOutcome>([&](auto handler) { upstream_->amend(shared(), handler); })));
  }
  std::string looked_up() {
    return std::string(name_of(called<LookupOutcome>([&](auto handler) { upstream_->look_up_amendment(shared(), handler); })));
  }
  void fault(const std::string& json) { ASSERT_EQ(stand_ins_.control(GetParam(), "POST", "/_control/faults", json).status, 201); }
  std::string in_ledger(std::string_view pointer) {
    const auto ledger = json::parse(stand_ins_.control(GetParam(), "GET", "/_control/ledger").body);
    const auto* const found = ledger ? json::find(*ledger, pointer) : nullptr;
    return found == nullptr ? "nothing" : json::text_of(*found).value_or("no text");
  }

  /// What came of registering another request with these files.
  salam::Reply<SubmitOutcome> registered(const TrackingCode& code, std::vector<MediaFile> files) {
    auto request = sample_request();
    request.code = code;
    request.files = std::move(files);
    const auto shared = std::make_shared<const Request>(std::move(request));
    return answered<SubmitOutcome>([&](auto handler) { upstream_->submit(shared, std::move(handler)); });
  }
  /// Of a file of the last registration.
  std::string file(int number, std::string_view member) {
    return in_ledger("/registrations/1/files/" + std::to_string(number) + '/' + std::string(member));
  }

  Request request_ = full_request();

 private:
  std::shared_ptr<const Request> shared() { return std::make_shared<const Request>(request_); }

  template <class Outcome, class Call>
  Outcome called(const Call& call) {
    return answered<Outcome>(call).outcome;
  }

  template <class Outcome, class Call>
  salam::Reply<Outcome> answered(const Call& call) {
    std::optional<salam::Reply<Outcome>> outcome;
    call([&](salam::Reply<Outcome> judged) { outcome = std::move(judged); });
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!outcome && std::chrono::steady_clock::now() < until) {
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(10));
    }
    return outcome ? *outcome : throw std::runtime_error("no answer");
  }

  std::unique_ptr<Upstream> make_upstream() {
    const bool is_137 = GetParam() == Which::system137;
    Settings settings;
    settings.driver = is_137 ? DriverKind::open311 : DriverKind::mapped;
    settings.base_url = is_137 ? stand_ins_.addresses().open311 : stand_ins_.addresses().service_desk;
    settings.api_key = Sensitive<std::string>(is_137 ? "stand-in-137-key" : "stand-in-desk-key");
    settings.mapping_file = mapping_.path();
    settings.default_service_code = "other";
    settings.call_deadline = std::chrono::seconds(5);
    auto made = make(settings, "", io_.get_executor(), executor_, [](const ServiceListStatus&) {});
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(*made);
  }

  StandIns stand_ins_{stand_ins::Settings{}};
  TemporaryFile mapping_{GetParam() == Which::system137 ? open311_with_files() : multipart_desk()};
  boost::asio::io_context io_;
  FakeExecutor executor_;
  std::unique_ptr<Upstream> upstream_ = make_upstream();
};

INSTANTIATE_TEST_SUITE_P(, WithStandIns, testing::Values(Which::system137, Which::service_desk),
                         [](const auto& info) { return info.param == Which::system137 ? "Open311" : "ServiceDesk"; });

TEST_P(WithStandIns, AnAmendmentStandsThereOnce) {
  EXPECT_EQ(looked_up(), "absent");
  EXPECT_EQ(amended(), "amended");
  EXPECT_EQ(looked_up(), "found");
  EXPECT_EQ(in_ledger("/amendments/0/id"), sample_mark);
  EXPECT_EQ(in_ledger("/amendments/0/amends"), request_.registration.code);
  EXPECT_EQ(in_ledger("/amendments/0/times"), "1");
  EXPECT_EQ(in_ledger("/amendments/1"), "nothing");
}

TEST_P(WithStandIns, EachAmendmentIsFoundByItsOwnMark) {
  EXPECT_EQ(amended(), "amended");
  request_.handling.amendment.number = 20;
  EXPECT_EQ(looked_up(), "absent");
  EXPECT_EQ(amended(), "amended");
  EXPECT_EQ(looked_up(), "found");
}

TEST_P(WithStandIns, AnAmendmentWhoseAnswerIsLostIsFound) {
  for (const auto* const lost : {R"({"mode":"reset_after","on":"amend","count":1})", R"({"mode":"garbage","on":"amend","count":1})",
                                 R"({"mode":"empty","on":"amend","count":1})", R"({"mode":"cut_body","on":"amend","count":1})",
                                 R"({"mode":"status","status":502,"acts":true,"on":"amend","count":1})"}) {
    ++request_.handling.amendment.number;
    fault(lost);
    EXPECT_EQ(amended(), "uncertain") << lost;
    EXPECT_EQ(looked_up(), "found") << lost;
  }
}

TEST_P(WithStandIns, AnAmendmentThatWasNotMadeIsNotFound) {
  fault(R"({"mode":"html_200","on":"amend","count":1})");
  EXPECT_EQ(amended(), "uncertain");
  EXPECT_EQ(looked_up(), "absent");
  fault(R"({"mode":"status","status":503,"on":"amend","count":1})");
  EXPECT_EQ(amended(), "try_later");
  fault(R"({"mode":"refuse","on":"amend","count":1})");
  EXPECT_EQ(amended(), "refused");
  EXPECT_EQ(looked_up(), "absent");
  EXPECT_EQ(amended(), "amended");
}

TEST_P(WithStandIns, FilesArriveAsTheyAre) {
  using namespace std::string_literals;
  const auto name = "فرم \"۱۲\" 50%.jpg"s;
  const auto outcome =
      registered(other_code, {sample_file(name, "image/jpeg", "abc"), sample_file("b.pdf", "application/pdf", "\r\n--\0"s)});
  ASSERT_EQ(name_of(outcome.outcome), "registered") << outcome.excerpt;
  EXPECT_EQ(in_ledger("/registrations/1/external_id"), other_code.digits());
  EXPECT_EQ(file(0, "name"), name);
  EXPECT_EQ(file(0, "media_type"), "image/jpeg");
  EXPECT_EQ(file(0, "sha256"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") << "of abc, in FIPS 180-2";
  EXPECT_EQ(file(1, "size"), "5");
  EXPECT_EQ(file(2, "size"), "nothing");
  EXPECT_EQ(in_ledger("/registrations/0/files/0"), "nothing");
}

TEST_P(WithStandIns, ARequestIsRegisteredOnceWhereItsFilesAreRefused) {
  for (const auto* const status : {"413", "415"}) {
    fault(R"({"mode":"status","on":"register_files","count":1,"status":)" + std::string(status) + "}");
    const auto code = status == std::string_view("413") ? other_code : TrackingCode::from_random(7);
    const auto outcome = registered(code, {sample_file("a.jpg", "image/jpeg", "abc")});
    EXPECT_EQ(name_of(outcome.outcome), "registered") << outcome.excerpt;
    EXPECT_THAT(outcome.excerpt, testing::StartsWith("without its files, which got HTTP " + std::string(status)));
  }
  EXPECT_EQ(in_ledger("/count"), "3");
  EXPECT_EQ(file(0, "size"), "nothing");
}

TEST_P(WithStandIns, LateFilesArriveAsTheyAre) {
  request_.handling.amendment.under_way = bit(Field::attachments);
  request_.media_urls = {"https://gateway.example/v1/media/ab"};
  request_.files = {sample_file("الف.jpg", "image/jpeg", "abc")};
  EXPECT_EQ(amended(), "amended");
  EXPECT_EQ(looked_up(), "found");
  EXPECT_EQ(in_ledger("/amendments/0/files/0/name"), "الف.jpg");
  EXPECT_EQ(in_ledger("/amendments/0/files/0/sha256"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(in_ledger("/amendments/0/files/1"), "nothing");
}

TEST_P(WithStandIns, AnAmendmentIsMadeOnceWhereItsFilesAreRefused) {
  request_.handling.amendment.under_way = bit(Field::attachments);
  request_.files = {sample_file("a.jpg", "image/jpeg", "abc")};
  fault(R"({"mode":"status","on":"amend_files","status":413})");
  EXPECT_EQ(amended(), "amended");
  EXPECT_EQ(in_ledger("/amendments/0/times"), "1");
  EXPECT_EQ(in_ledger("/amendments/0/files/0"), "nothing");
  EXPECT_EQ(in_ledger("/amendments/1"), "nothing");
}

TEST_P(WithStandIns, WhatCannotBeAmendedIsForAPerson) {
  request_.registration.code = "SD-1";
  EXPECT_EQ(amended(), "unclear");
}

}  // namespace
}  // namespace salam::upstream
