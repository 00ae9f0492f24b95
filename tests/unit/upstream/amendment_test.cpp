#include "adapters/upstream/amendment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/domain/text.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::HasSubstr;
using testing::Not;

salam::Fields all_fields() { return salam::Fields().set(); }
salam::Fields only(Field field) { return salam::Fields().set(static_cast<std::size_t>(field)); }

std::string told(Field field, Request request = amended_request()) {
  request.handling.amendment.under_way = only(field);
  const auto text = amendment_text(request, {});
  const auto line = text.find('\n');
  return line == std::string::npos ? "nothing" : text.substr(line + 1);
}

TEST(AmendmentText, NamesItselfAndSaysWhatChangedAsPeopleReadIt) {
  EXPECT_EQ(amendment_text(amended_request(), {}),
            "اصلاح شماره ۲ از مردم سلام (" + sample_mark + ")\nدسته: آسفالت\nواحد مسئول: خدمات شهری \"۵\"\nمهلت: ۱۴۰۵/۰۹/۱۰");
}

TEST(AmendmentText, IsOfAllThatChangedWhereNoCallIsUnderWay) {
  auto request = amended_request();
  request.handling.amendment.under_way.reset();
  request.handling.amendment.fields = only(Field::subject);
  EXPECT_THAT(amendment_text(request, {}), HasSubstr("\nموضوع: چاله"));
}

TEST(AmendmentText, HasWordsForEveryField) {
  EXPECT_EQ(told(Field::region), "منطقه: منطقه ۵");
  EXPECT_EQ(told(Field::kind), "نوع: شکایت");
  EXPECT_EQ(told(Field::description), "شرح: روبه‌روی پلاک ۱۲ & کوچه \"گل\"");
  EXPECT_EQ(told(Field::name), "نام: علی رضایی");
  EXPECT_EQ(told(Field::mobile), "تلفن همراه: 09131234567");
  EXPECT_EQ(told(Field::address), "نشانی: خیابان چهارباغ");
  EXPECT_EQ(told(Field::explanation), "تشریح: ترمیم <آسفالت> & جدول");
  auto request = amended_request();
  request.content.citizen.national_id = Sensitive<std::string>("0012345679");
  request.content.coordinates = Coordinates{32.6546, 51.668};
  request.handling.answer = Answer{AnswerChannel::phone, Sensitive<std::string>("هفته آینده"), "", {}};
  request.handling.closure = Closure{CloseReason::withdrawn, "", "", {}};
  EXPECT_EQ(told(Field::national_id, request), "کد ملی: 0012345679");
  EXPECT_EQ(told(Field::coordinates, request), "مختصات: 32.654600, 51.668000");
  EXPECT_EQ(told(Field::answer, request), "پاسخ: تلفنی: هفته آینده");
  EXPECT_EQ(told(Field::withdrawn, request), "انصراف: شهروند درخواست را پس گرفت");
  request.handling.answer->text = {};
  EXPECT_EQ(told(Field::answer, request), "پاسخ: تلفنی");
}

TEST(AmendmentText, SaysWhereNewAttachmentsAreOrHowManyGoAlong) {
  auto request = attached_request();
  EXPECT_EQ(told(Field::attachments, request), "پیوست: https://gateway.example/v1/media/ab https://photos.example/2.jpg");
  request.media_urls.clear();
  EXPECT_EQ(told(Field::attachments, request), "پیوست: پذیرفته نشد") << "they were not taken";
  request.files = {sample_file("a.jpg", "image/jpeg", "a"), sample_file("b.jpg", "image/jpeg", "b")};
  EXPECT_EQ(told(Field::attachments, request), "پیوست: ۲ پرونده");
  request.media_urls = {"https://photos.example/2.jpg"};
  EXPECT_EQ(told(Field::attachments, request), "پیوست: ۲ پرونده https://photos.example/2.jpg");
}

TEST(AmendmentText, SaysThatSomethingIsGone) {
  auto request = amended_request();
  request.handling.assignment->due.reset();
  EXPECT_EQ(told(Field::due, request), "مهلت: —");
  request.handling.assignment.reset();
  for (const auto field : {Field::unit, Field::due, Field::explanation, Field::answer, Field::withdrawn, Field::coordinates}) {
    EXPECT_THAT(told(field, request), HasSubstr(": —"));
  }
}

TEST(AmendmentText, WithholdsWhatItsSystemMustNotLearn) {
  auto request = amended_request();
  request.handling.amendment.under_way = all_fields();
  const auto withheld = not_sent([](Placeholder placeholder) { return placeholder == Placeholder::phone; });
  const auto text = amendment_text(request, withheld);
  EXPECT_THAT(text, Not(HasSubstr("رضایی")));
  EXPECT_THAT(text, Not(HasSubstr("کد ملی")));
  EXPECT_THAT(text, HasSubstr("09131234567"));
  EXPECT_THAT(text, Not(HasSubstr("برای ما"))) << "a note is for officers alone";
}

TEST(AmendmentMark, IsFoundInAnyDigitsButNotInALongerNumber) {
  const auto code = sample_code.digits();
  EXPECT_TRUE(carries_mark("(" + code + "-2)", sample_mark));
  EXPECT_TRUE(carries_mark(persian_digits("اصلاح " + code) + "-۲", sample_mark));
  EXPECT_TRUE(carries_mark(code + "-21 " + code + "-2", sample_mark));
  EXPECT_FALSE(carries_mark(code + "-21", sample_mark));
  EXPECT_FALSE(carries_mark("1" + code + "-2", sample_mark));
  EXPECT_FALSE(carries_mark(other_code.digits() + "-2", sample_mark));
  EXPECT_FALSE(carries_mark("", sample_mark));
}

TEST(AmendmentMark, IsToldFromASystemsOwnIds) {
  EXPECT_TRUE(is_amendment_mark(sample_mark));
  for (const auto* const id : {"", "-", "14050001-1", "638", "8520608610", "8520608610-", "8520608610-x", "8520608611-1"}) {
    EXPECT_FALSE(is_amendment_mark(id)) << id;
  }
}

TEST(AmendmentPlaceholders, GiveItsValues) {
  auto request = amended_request();
  request.handling.answer = Answer{AnswerChannel::sms, Sensitive<std::string>("انجام می‌شود"), "", {}};
  EXPECT_EQ(value_of(Placeholder::upstream_code, request), "SD-1");
  EXPECT_EQ(value_of(Placeholder::amendment_mark, request), sample_mark);
  EXPECT_EQ(value_of(Placeholder::amendment_number, request), "2");
  EXPECT_EQ(value_of(Placeholder::unit, request), "خدمات شهری \"۵\"");
  EXPECT_EQ(value_of(Placeholder::due, request), "2026-12-01");
  EXPECT_EQ(value_of(Placeholder::due_jalali, request), "1405/09/10");
  EXPECT_EQ(value_of(Placeholder::explanation, request), "ترمیم <آسفالت> & جدول");
  EXPECT_EQ(value_of(Placeholder::answer, request), "انجام می‌شود");
  EXPECT_EQ(value_of(Placeholder::meeting_date, request), "2026-11-24");
  EXPECT_EQ(value_of(Placeholder::meeting_date_jalali, request), "1405/09/03");
  for (const auto placeholder :
       {Placeholder::unit, Placeholder::due, Placeholder::due_jalali, Placeholder::explanation, Placeholder::answer}) {
    EXPECT_EQ(value_of(placeholder, sample_request()), "");
  }
}

}  // namespace
}  // namespace salam::upstream
