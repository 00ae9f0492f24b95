#include "gateway/paper/form_template.h"

#include <gmock/gmock.h>

#include "gateway/paper/qr_code.h"

namespace salam::paper {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string all_of_tracking = "{{#tracking}}[{{qr}}|{{address}}]{{/tracking}}";
const std::string all = "{{number}};{{code}};{{mosque}};{{region}};{{date}};" + all_of_tracking;

std::string around(const std::string& form) { return "<p>{{#form}}" + form + "{{/form}}</p>"; }

Meeting meeting(std::string mosque = "مسجد جامع") {
  using namespace std::chrono;
  return {.id = "m", .region = Region::from_number(5).value(), .mosque = std::move(mosque), .date = 2026y / November / 24d};
}

PrintedForm form(std::string number, std::uint64_t bits = 42) {
  return {.form = std::move(number), .code = TrackingCode::from_random(bits)};
}

std::string why(const std::string& html) {
  const auto parsed = FormTemplate::parse(html);
  return parsed ? "" : parsed.error().code + ": " + parsed.error().message;
}

std::string without(const std::string& name) {
  auto html = all;
  return around(html.erase(html.find(name), name.size()));
}

TEST(Forms, AreFilledInOneAfterTheOther) {
  const auto page = FormTemplate::parse(around(all))->render(meeting(), {form("1001"), form("1002", 43)}, {});
  EXPECT_EQ(page, "<p>۱۰۰۱;<bdi dir=\"ltr\">" + form("1001").code.for_people() + "</bdi>;مسجد جامع;منطقه ۵;۱۴۰۵/۰۹/۰۳;" +
                      "۱۰۰۲;<bdi dir=\"ltr\">" + form("1002", 43).code.for_people() + "</bdi>;مسجد جامع;منطقه ۵;۱۴۰۵/۰۹/۰۳;</p>");
}

TEST(Forms, SayWhereTheCodeIsTrackedOnlyWhereThereIsAnAddress) {
  const auto address = TrackingAddress::parse("https://isfahan.example/track/{code}?a=1&b=2").value();
  const auto page = FormTemplate::parse(around(all))->render(meeting(), {form("1")}, address);
  const auto digits = form("1").code.digits();
  EXPECT_THAT(page, HasSubstr("[" + qr_code("https://isfahan.example/track/" + digits + "?a=1&b=2") +
                              "|<bdi dir=\"ltr\">https://isfahan.example/track/" + digits + "?a=1&amp;b=2</bdi>]"));
}

TEST(Forms, EscapeWhatIsFilledIn) {
  const auto page = FormTemplate::parse(around(all))->render(meeting(R"(<script>"a" & 'b'</script>{{code}})"), {form("A<1>")}, {});
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;{{code}}"));
  EXPECT_THAT(page, AllOf(HasSubstr("A&lt;۱&gt;"), Not(HasSubstr("<script>"))));
}

TEST(FormTemplates, ThatMissSomethingAreRefusedByName) {
  ASSERT_EQ(why(around(all)), "");
  for (const auto* const name :
       {"{{number}}", "{{code}}", "{{mosque}}", "{{region}}", "{{date}}", "{{qr}}", "{{address}}", "{{/tracking}}"}) {
    EXPECT_EQ(why(without(name)), std::string("template_invalid: ") + name + " is missing");
  }
}

TEST(FormTemplates, WithSomethingUnknownAreRefusedByName) {
  EXPECT_EQ(why(around(all + "{{mosk}}")), "template_invalid: unknown placeholder {{mosk}}");
  EXPECT_THAT(why(around(all + "{{code")), HasSubstr("not closed"));
}

TEST(FormTemplates, WithSomethingInTheWrongPlaceAreRefusedByName) {
  EXPECT_THAT(why("{{mosque}}" + around(all)), HasSubstr("{{mosque}} stands outside of {{#form}}"));
  EXPECT_THAT(why(around(all) + "{{code}}"), HasSubstr("{{code}} stands outside of {{#form}}"));
  EXPECT_THAT(why(around(all + "{{qr}}")), HasSubstr("{{qr}} stands where it may not"));
  EXPECT_THAT(why(around(all + "{{address}}")), HasSubstr("{{address}} stands where it may not"));
  EXPECT_THAT(why(around("{{#tracking}}" + all)), HasSubstr("{{#tracking}} stands where it may not"));
  EXPECT_THAT(why(around(all + "{{/tracking}}")), HasSubstr("{{/tracking}} stands where it may not"));
}

TEST(FormTemplates, HaveExactlyOneFormInThem) {
  for (const auto& html : {std::string(), all, around(all) + around(all), "{{/form}}" + all + "{{#form}}"}) {
    EXPECT_THAT(why(html), HasSubstr("{{#form}} and {{/form}} must stand once each")) << html;
  }
}

TEST(StandardForm, FetchesNothingAndSaysNothingOfTrackingWithoutAnAddress) {
  const auto page = FormTemplate::standard().render(meeting(), {form("1")}, {});
  EXPECT_THAT(page, AllOf(HasSubstr("dir=\"rtl\""), HasSubstr("۱۴۰۵/۰۹/۰۳"), HasSubstr(form("1").code.for_people())));
  for (const auto* const outside : {"http", "src=", "url(", "@import", "<svg", "پیگیری در"}) EXPECT_THAT(page, Not(HasSubstr(outside)));
}

TEST(TrackingAddresses, HoldTheCodeOnce) {
  const auto code = TrackingCode::from_random(42);
  EXPECT_EQ(TrackingAddress::parse("https://isfahan.example/t/{code}")->of(code), "https://isfahan.example/t/" + code.digits());
  EXPECT_TRUE(TrackingAddress().empty());
  for (const auto& bad :
       {std::string(), std::string("https://isfahan.example/track/"), std::string("https://a.example/{code}/{code}"),
        std::string("isfahan.example/{code}"), std::string("ftp://a.example/{code}"), std::string("https://a.example/ {code}"),
        std::string("https://اصفهان.example/{code}"), "https://a.example/{code}" + std::string(200, 'a')}) {
    EXPECT_EQ(TrackingAddress::parse(bad).error().code, "address_invalid") << bad;
  }
}

}  // namespace
}  // namespace salam::paper
