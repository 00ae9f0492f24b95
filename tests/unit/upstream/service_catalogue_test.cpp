#include "adapters/upstream/service_catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/upstream/open311_reply.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::ElementsAre;

constexpr std::string_view list = R"([
  {"service_code": 101, "service_name": "آسفالت و لکه‌گیری معابر", "keywords": "چاله, نشست"},
  {"service_code": "green", "service_name": "فضاي سبز", "keywords": "درخت، آبیاری"},
  {"service_code": "waste", "service_name": "نظافت معابر شهری", "keywords": null},
  {"service_name": "بی‌کد"}, null])";

ServiceCatalogue learned(const std::map<std::string, std::string>& table = {}) {
  ServiceCatalogue catalogue(table, "other");
  catalogue.learn(*read_services(reply(200, std::string(list))));
  return catalogue;
}

TEST(ServiceCatalogue, MapsByCodeNameKeywordAndTheOnlyNameThatHoldsTheCategory) {
  const auto catalogue = learned();
  EXPECT_EQ(catalogue.code_for("101"), "101");
  EXPECT_EQ(catalogue.code_for("GREEN"), "green");
  EXPECT_EQ(catalogue.code_for("فضای سبز"), "green");
  EXPECT_EQ(catalogue.code_for("آبیاری"), "green");
  EXPECT_EQ(catalogue.code_for("نشست"), "101");
  EXPECT_EQ(catalogue.code_for("آسفالت"), "101");
}

TEST(ServiceCatalogue, FallsBackWhereNothingOrMoreThanOneFits) {
  const auto catalogue = learned();
  EXPECT_EQ(catalogue.code_for(""), "other");
  EXPECT_EQ(catalogue.code_for("معابر"), "other");
  EXPECT_EQ(catalogue.code_for("آسفا"), "other");
}

TEST(ServiceCatalogue, LetsTheConfiguredTableDecideFirst) {
  const auto catalogue = learned({{"فضاي سبز", "parks"}, {"x", "waste"}});
  EXPECT_EQ(catalogue.code_for("فضای سبز"), "parks");
  EXPECT_THAT(catalogue.unknown_codes(), ElementsAre("other", "parks"));
}

TEST(ServiceCatalogue, WorksBeforeTheListIsRead) { EXPECT_EQ(ServiceCatalogue({{"a", "1"}}, "other").code_for("A"), "1"); }

TEST(ServiceList, IsRefusedWhereItIsNoList) {
  for (const auto* const body : {"", "<html>", "{}", "[{\"service_code\":", "3"}) EXPECT_FALSE(read_services(reply(200, body))) << body;
  EXPECT_EQ(read_services(reply(200, R"({"services":[{"service_code":"a"}]})"))->size(), 1U);
}

}  // namespace
}  // namespace salam::upstream
