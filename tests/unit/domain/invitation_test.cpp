#include "gateway/domain/invitation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/domain/text.h"

namespace salam {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const Region region = Region::from_number(5).value();

Session session(std::string time = "18:30") {
  return {.date = parse_day("1405/12/01").value(), .time = std::move(time), .place = "مسجد جامع"};
}
std::string rendered(std::string_view text, const Session& at = session()) {
  return InvitationTemplate::parse(text)->render(region, at).value();
}

TEST(InvitationTemplate, SaysWhereAndWhenInWordsThatCitizensRead) {
  EXPECT_EQ(rendered("{mosque} {region} {date} {time}"), "مسجد جامع منطقه ۵ شنبه ۱۴۰۵/۱۲/۰۱ ساعت ۱۸:۳۰");
  EXPECT_EQ(rendered("{date} {time}", session("پس از نماز مغرب")), "شنبه ۱۴۰۵/۱۲/۰۱ پس از نماز مغرب");
  EXPECT_EQ(rendered("{date}{time}", session("۷:۰۰")), "شنبه ۱۴۰۵/۱۲/۰۱ساعت ۷:۰۰");
}

TEST(InvitationTemplate, NamesEachDayOfTheWeek) {
  std::string days;
  for (int day = 1; day <= 7; ++day) {
    auto one = session();
    one.date = std::chrono::sys_days(one.date) + std::chrono::days(day - 1);
    days += rendered("{date}", one).substr(0, rendered("{date}", one).find(' ')) + ' ';
  }
  EXPECT_EQ(days, "شنبه یکشنبه دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه ");
}

TEST(InvitationTemplate, RefusesWhatWouldNotInvite) {
  EXPECT_THAT(InvitationTemplate::parse("{code} {date}").error().message, HasSubstr("{mosque}, {region}, {date} and {time}"));
  EXPECT_EQ(InvitationTemplate::parse("{date").error().code, "template_invalid");
  EXPECT_THAT(InvitationTemplate::parse("بیایید به {mosque}").error().message, HasSubstr("no {date}"));
  EXPECT_EQ(InvitationTemplate::parse("{date} {time}")->render(region, session("")).error().code, "time_missing");
  EXPECT_EQ(rendered("{date}", session("")), "شنبه ۱۴۰۵/۱۲/۰۱") << "the text needs none";
}

TEST(InvitationTemplate, TakesThreePartsAtMost) {
  const auto of_length = [](std::size_t characters) {
    std::string text = "{date}";
    for (auto length = salam::length("شنبه ۱۴۰۵/۱۲/۰۱"); length < characters; ++length) text += "ن";
    return text;
  };
  EXPECT_EQ(sms_parts(rendered(of_length(201))), 3U);
  EXPECT_EQ(InvitationTemplate::parse(of_length(202))->render(region, session()).error().code, "invitation_too_long");
}

TEST(InvitationTemplate, TheOneThatShipsFitsWithLongNames) {
  const auto text = InvitationTemplate::standard().render(Region::from_number(15).value(), example_session()).value();
  EXPECT_LE(sms_parts(text), most_invitation_parts) << text;
  EXPECT_THAT(text, HasSubstr(example_session().place));
  EXPECT_THAT(text, HasSubstr(example_session().time));
}

TEST(Session, IsOverTheDayAfter) {
  const auto end = tehran_end(session().date);
  EXPECT_FALSE(is_over(session(), end));
  EXPECT_TRUE(is_over(session(), end + 1ms));
}

}  // namespace
}  // namespace salam
