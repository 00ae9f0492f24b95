#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Which = City::Which;

constexpr std::string_view path = "/v1/meetings/m/forms";

std::string numbers(int from, int count) { return fmt::format(R"({{"from": {}, "count": {}}})", from, count); }

std::vector<std::string> event_types(const City& city, const std::string& id) {
  std::vector<std::string> types;
  for (const auto& type : city->get("/v1/requests/" + id + "/history").each("/events", "/type")) {
    types.push_back(type.substr(std::string_view("ir.isfahan.mardomsalam.request.").size()));
  }
  return types;
}

TEST(PrintedForms, TellTheirCodeBeforeAnythingElseDoes) {
  City city({.gateway = {.replace = {{"[sms]\n", "[sms]\nholding_after = \"100ms\"\n"}}}});
  city.fault(Which::system137, R"({"mode": "status", "status": 503})");
  const auto printed = city->post(path, numbers(1001, 2));
  ASSERT_EQ(printed.status, 200) << printed.body;
  EXPECT_THAT(printed.each("/forms", "/form"), ElementsAre("1001", "1002"));
  const auto code = printed.at("/forms/0/tracking_code");

  const auto id = city->take("۱۰۰۱");
  const auto first = city->request(id);
  EXPECT_EQ(first.at("/tracking_code"), code);
  EXPECT_EQ(first.at("/told/by"), "slip");
  EXPECT_EQ(first.at("/told/code"), code);
  const auto second = city->request(city->take_in(Gateway::form("1001", R"("item": 2)")));
  EXPECT_NE(second.at("/tracking_code"), code);
  EXPECT_EQ(second.at("/told/code"), "(absent)");
  EXPECT_THAT(second.each("/attention"), ElementsAre("no_contact"));

  // A request without a slip is texted its code meanwhile; the one with a slip is not.
  const auto other = city->take_in(Gateway::form("5", R"("citizen": {"name": "نمونه", "mobile": "09130005678"})"));
  EXPECT_TRUE(eventually([&] { return city->is_told(other); })) << city->request(other).body;
  EXPECT_THAT(city.texts("09130001234"), IsEmpty());
  EXPECT_THAT(event_types(city, id), ElementsAre("received.v1", "told.v1"));
  EXPECT_EQ(city->get("/v1/track/" + code).at("/requests/0/tracking_code"), code);

  city.heal(Which::system137);
  EXPECT_TRUE(eventually([&] { return city->state(id) == "registered"; }));
  EXPECT_TRUE(eventually([&] { return !city.texts("09130001234").empty(); })) << "137's code still goes out";
  EXPECT_EQ(city->request(id).at("/told/by"), "slip");
  EXPECT_EQ(city->audit(), 0);
}

TEST(PrintedForms, KeepTheirCodesWhenPrintedTypedInOrKilledInBetween) {
  City city;
  const auto codes = city->post(path, numbers(1, 3)).each("/forms", "/tracking_code");
  const auto without_mobile = Gateway::form("2", R"("citizen": {"name": "نمونه"})");
  city->kill();
  city->start();
  EXPECT_EQ(city->post(path, numbers(1, 3)).each("/forms", "/tracking_code"), codes);
  const auto id = city->take_in(without_mobile);
  EXPECT_EQ(city->request(id).at("/tracking_code"), codes[1]);
  EXPECT_THAT(city->attention(id), IsEmpty()) << "no text is missed";
  const auto replay = city->post("/v1/requests", without_mobile);
  EXPECT_EQ(replay.header("idempotent-replayed"), "true");
  EXPECT_EQ(replay.at("/tracking_code"), codes[1]);
  city->kill();
  city->start();
  EXPECT_EQ(city->post(path, numbers(1, 3)).each("/forms", "/tracking_code"), codes) << "typed in or not";
  EXPECT_EQ(city->request(id).at("/told/by"), "slip");
  EXPECT_EQ(city->audit(), 0);
}

TEST(PrintedForms, RefuseANumberThatWasTypedInWithoutOne) {
  City city;
  city->take("7");
  const auto refused = city->post(path, numbers(5, 10), {{"Accept-Language", "fa"}});
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.at("/code"), "form_in_use");
  EXPECT_EQ(refused.at("/form"), "7");
  EXPECT_THAT(refused.at("/detail"), HasSubstr("شماره‌هایی جز"));
  EXPECT_EQ(city->get(path).count("/forms"), 0U);
}

TEST(PrintedForms, SurviveBackupAndRestoreAndCanBePrintedAgainAfterwards) {
  City city;
  const auto before = city->post(path, numbers(1, 2)).each("/forms", "/tracking_code");
  const auto copy = (city->folder() / "copy").string();
  ASSERT_EQ(city->run({"backup", copy}).code, 0);
  const auto after = city->post(path, numbers(3, 2)).each("/forms", "/tracking_code");
  EXPECT_EQ(city->stop(), 0);
  const auto restored = city->run({"restore", copy, "--without-topic"});
  EXPECT_THAT(restored.output, Not(HasSubstr("LOST")));
  city->start();
  EXPECT_EQ(city->request(city->take("1")).at("/tracking_code"), before[0]);
  EXPECT_EQ(city->post(path, numbers(3, 2)).each("/forms", "/tracking_code"), after) << "their paper is out there";
}

class FormsCommand : public testing::Test {
 protected:
  static City::Options with(std::string_view more) { return {.gateway = {.more = std::string(more)}}; }
  static Gateway::Ran order(const City& city, std::vector<std::string> more) {
    city->folder().write("key", city->key());
    std::vector<std::string> words{
        "forms", "m", "--api", fmt::format("http://127.0.0.1:{}", city->api_port()), "--key-file", (city->folder() / "key").string()};
    words.insert(words.end(), more.begin(), more.end());
    return city->run(words);
  }
  static std::string out(const City& city) { return (city->folder() / "forms.html").string(); }
};

TEST_F(FormsCommand, WritesAPageToPrint) {
  City city(with("[tracking]\npublic_url = \"https://isfahan.example/track/{code}\"\n"));
  const auto ran = order(city, {"--from", "1001", "--count", "3", "--out", out(city)});
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr("۳ برگه، از شمارهٔ ۱۰۰۱ تا ۱۰۰۳"), HasSubstr("A4")));
  const auto page = city->folder().read("forms.html");
  const auto forms = city->get(path);
  EXPECT_EQ(forms.count("/forms"), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_THAT(page, HasSubstr(">" + forms.at(fmt::format("/forms/{}/tracking_code_for_people", i)) + "<"));
    EXPECT_THAT(page, HasSubstr("https://isfahan.example/track/" + forms.at(fmt::format("/forms/{}/tracking_code", i))));
  }
  EXPECT_THAT(page, HasSubstr("<svg class=\"qr\""));
}

TEST_F(FormsCommand, TakesTheCitysOwnTemplate) {
  City city({.gateway = {.more = "[forms]\ntemplate = \"form.html\"\n"}, .start = false});
  city->folder().write("form.html",
                       "<h1>شهر ما</h1>{{#form}}{{number}} {{code}} {{mosque}} {{region}} {{date}}"
                       "{{#tracking}}{{qr}}{{address}}{{/tracking}}\n{{/form}}");
  city->start();
  city->announce_meeting();
  EXPECT_EQ(order(city, {"--from", "1", "--count", "1000", "--out", out(city)}).code, 0);
  const auto page = city->folder().read("forms.html");
  EXPECT_THAT(page, AllOf(HasSubstr("<h1>شهر ما</h1>"), HasSubstr("\n۱۰۰۰ <bdi"), Not(HasSubstr("<svg"))));

  city->folder().write("form.html", "{{#form}}{{number}}{{/form}}");
  const auto checked = city->run({"check-config"});
  EXPECT_EQ(checked.code, 2);
  EXPECT_THAT(checked.output, AllOf(HasSubstr("forms.template"), HasSubstr("form.html: {{code}} is missing")));
}

TEST_F(FormsCommand, SaysWhyItMadeNone) {
  City city({.start = false});
  city->start();
  EXPECT_THAT(order(city, {"--from", "1", "--count", "2", "--out", out(city)}).output, HasSubstr("چنین دیداری ثبت نشده است"));
  city->announce_meeting();
  EXPECT_THAT(order(city, {"--from", "1", "--count", "1001", "--out", out(city)}).output, HasSubstr("--count"));
  const auto unwritable = order(city, {"--from", "1", "--count", "2", "--out", "/nowhere/forms.html"});
  EXPECT_EQ(unwritable.code, 1);
  EXPECT_THAT(unwritable.output, HasSubstr("/nowhere/forms.html"));
}

}  // namespace
}  // namespace salam::test
