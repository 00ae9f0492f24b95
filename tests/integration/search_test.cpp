#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> found(const City& city, std::string_view body) {
  const auto reply = city->post("/v1/requests:search", body);
  EXPECT_EQ(reply.status, 200) << reply.body;
  return reply.each("/requests", "/form");
}

std::string by(std::string_view name, std::string_view mobile) {
  return fmt::format(R"("place": {{"address": "خیابان سروش"}}, "citizen": {{"name": "{}", "mobile": "{}", "national_id": "0012345679"}})",
                     name, mobile);
}

TEST(Search, FindsANumberInAnySpelling) {
  City city;
  city->take_in(Gateway::form("1", by("علی کریمی", "۰۹۱۳ ۰۰۰ ۱۲۳۴")));
  city->take_in(Gateway::form("2", by("علی کریمی", "09130005678")));
  for (const auto* written : {"09130001234", "+989130001234", "00989130001234", "۹۱۳۰۰۰۱۲۳۴", "0913 000 1234", "٠٩١٣٠٠٠١٢٣٤"}) {
    EXPECT_THAT(found(city, fmt::format(R"({{"mobile": "{}"}})", written)), ElementsAre("1")) << written;
  }
  EXPECT_THAT(found(city, R"({"mobile": 9130001234})"), ElementsAre("1"));
  EXPECT_THAT(found(city, R"({"national_id": "۰۰۱۲۳۴۵۶۷۹"})"), ElementsAre("2", "1"));
  EXPECT_THAT(found(city, R"({"national_id": 12345679, "mobile": "09130005678"})"), ElementsAre("2"));
}

TEST(Search, FindsPartsOfNamesAndTextsWhateverTheLetters) {
  City city;
  city->take_in(Gateway::form("1", by("علي كريمي", "09130001234")));
  city->take_in(Gateway::form("2", by("علی کریمی‌نژاد", "09130001235")));
  city->take_in(Gateway::form("3", by("زهرا احمدی", "09130001236")));
  for (const auto* written : {"کریمی", "كريمي", "علي كر", "ریم"}) {
    EXPECT_THAT(found(city, fmt::format(R"({{"name": "{}"}})", written)), ElementsAre("2", "1")) << written;
  }
  EXPECT_THAT(found(city, R"({"text": "سروش", "name": "احمد"})"), ElementsAre("3"));
  EXPECT_THAT(found(city, R"({"text": "چاله", "region": "۵", "meeting": "m"})"), ElementsAre("3", "2", "1"));
  EXPECT_THAT(found(city, R"({"text": "چاله", "region": 6})"), IsEmpty());
  EXPECT_THAT(found(city, R"({"text": "چاله", "meeting": "other"})"), IsEmpty());
  EXPECT_THAT(found(city, R"({"name": "%"})"), IsEmpty()) << "no pattern, but a part";
}

TEST(Search, FindsWhatWasCorrectedAndNoLongerWhatItWas) {
  City city;
  const auto id = city->take_in(Gateway::form("1", by("علی کریمی", "09130001234")));
  EXPECT_EQ(city->patch("/v1/requests/" + id, R"({"citizen": {"mobile": "09130005678"}, "by": "زهرا احمدی"})", "*").status, 200);
  EXPECT_THAT(found(city, R"({"mobile": "09130005678"})"), ElementsAre("1"));
  EXPECT_THAT(found(city, R"({"mobile": "09130001234"})"), IsEmpty());
}

TEST(Search, GoesPageByPage) {
  City city;
  for (int number = 1; number <= 7; ++number) city->take_in(Gateway::form(std::to_string(number), by("علی کریمی", "09130001234")));
  std::vector<std::string> forms;
  std::string token;
  int pages = 0;
  do {
    const auto page = city->post("/v1/requests:search", fmt::format(R"({{"name": "کریمی", "page_size": 3, "page_token": "{}"}})", token));
    EXPECT_LE(page.count("/requests"), 3U);
    for (const auto& form : page.each("/requests", "/form")) forms.push_back(form);
    token = page.at("/next_page_token");
  } while (token != "(absent)" && ++pages < 9);
  EXPECT_THAT(forms, ElementsAre("7", "6", "5", "4", "3", "2", "1"));
}

TEST(Search, LeavesNothingPersonalInTheLog) {
  City city({.gateway = {.more = "[log]\nlevel = \"trace\"\n"}});
  city->take_in(Gateway::form("1", by("علی کریمی", "09130001234")));
  EXPECT_THAT(found(city, R"({"mobile": "09130001234", "name": "کریمی", "national_id": "0012345679"})"), ElementsAre("1"));
  EXPECT_EQ(city->post("/v1/requests:search", R"({"name": "کریمی", "mobile": "09130001234", "colour": "سبز"})").status, 422);
  EXPECT_EQ(city->stop(), 0);
  EXPECT_THAT(city->log(), HasSubstr("ended"));
  for (const auto* personal : {"3000123", "کریمی", "0012345679", "سروش"}) EXPECT_THAT(city->log(), Not(HasSubstr(personal)));
}

TEST(Search, NeedsTheScopeToRead) {
  City city;
  const auto key = city->key_with("intake-only", {"intake"});
  city->signal(1);
  EXPECT_TRUE(eventually([&] {
    return call(city->api_port(), "POST", "/v1/requests:search", R"({"name": "x"})", {{"Authorization", "Bearer " + key}}).status == 403;
  }));
}

}  // namespace
}  // namespace salam::test
