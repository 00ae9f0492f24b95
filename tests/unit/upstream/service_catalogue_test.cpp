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
  catalogue.learn(*read_services(reply(200, std::string(list)), ReplyFormat::json));
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
  for (const auto* const body : {"", "<html>", "{}", "[{\"service_code\":", "3"})
    EXPECT_FALSE(read_services(reply(200, body), ReplyFormat::json)) << body;
  EXPECT_EQ(read_services(reply(200, R"({"services":[{"service_code":"a"}]})"), ReplyFormat::json)->size(), 1U);
}

TEST(ServiceList, IsReadInXmlToo) {
  const std::string xml = R"(<?xml version="1.0" encoding="utf-8"?>
<services>
  <service><service_code>001</service_code><service_name>آسفالت</service_name><metadata>true</metadata><keywords>چاله, نشست</keywords></service>
  <service><service_code/><service_name>بی‌کد</service_name></service>
  <count>2</count>
</services>)";
  const auto services = read_services(reply(200, xml, "text/xml"), ReplyFormat::xml);
  ASSERT_TRUE(services);
  ASSERT_EQ(services->size(), 1U);
  ServiceCatalogue catalogue({}, "other");
  catalogue.learn(*services);
  EXPECT_EQ(catalogue.code_for("نشست"), "001");
  for (const auto* const body :
       {"", "<html/>", "<services><service><service_name>x</service_name></service></services>", "<services>", "[]"}) {
    EXPECT_FALSE(read_services(reply(200, body, "text/xml"), ReplyFormat::xml)) << body;
  }
  EXPECT_EQ(read_services(reply(200, "<services/>", "text/xml"), ReplyFormat::xml)->size(), 0U);
}

}  // namespace
}  // namespace salam::upstream
