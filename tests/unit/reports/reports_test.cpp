#include "gateway/reports/reports.h"

#include <fstream>
#include <iterator>

#include "gateway/json/parse.h"
#include "gateway/paper/report_files.h"
#include "tests/unit/store/support.h"

namespace salam::reports {
namespace {

using namespace std::chrono_literals;
using store::test::intake;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Reports as programs read them, of a store with the meeting `m1`: region 5, مسجد جامع, ۱۴۰۵/۰۹/۰۳.
class Reports : public store::test::OpenStore {
 protected:
  /// A request from this form after that change, made in the store.
  void typed(
      const std::string& form, const std::function<void(Request&)>& edit = [](Request&) {}, const std::string& meeting = "m1",
      int item = 1) {
    const auto record = calls().accepted(intake(form, item, "v1:a", meeting));
    ASSERT_TRUE(calls()
                    .update(record.request.key,
                            [&edit](Change& change) {
                              edit(change.after);
                              for (const auto reason : change.after.attention)
                                change.raised.push_back({.reason = reason, .due = store::test::evening, .detail = {}});
                            })
                    .ok());
  }

  void meeting(std::string id, std::chrono::year_month_day date, std::string mosque = "مسجد جامع", int region = 5) const {
    ASSERT_TRUE(
        calls().put({.id = std::move(id), .region = Region::from_number(region).value(), .mosque = std::move(mosque), .date = date}).ok());
  }

  template <class Report>
  std::string told(Report report, bool personal = false) {
    const auto path = directory_.database() + ".report";
    const Settings settings{.categories = {{"asphalt", "آسفالت"}}};
    const auto sink = paper::json_file(path);
    report(Basis{.store = *store_, .policy = policy_, .settings = settings, .now = now_, .personal = personal}, *sink);
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  json::Document report(void (*report)(const Basis&, const store::MeetingRecord&, Sink&), const std::string& meeting = "m1",
                        bool personal = false) {
    const auto record = store_->meeting_record(meeting).value();
    return json::parse(told([&](const Basis& basis, Sink& sink) { report(basis, record, sink); }, personal)).value();
  }
  /// One member of each row of a table.
  static std::vector<std::string> each(const json::Document& report, std::string_view table, std::string_view member) {
    std::vector<std::string> values;
    for (const auto& row : json::member(report, table)->GetArray()) values.push_back(json::to_text(*json::member(row, member)));
    return values;
  }
  static std::string text(const json::Document& report, std::string_view member) { return json::to_text(*json::member(report, member)); }

  lifecycle::Policy policy_;
  Timestamp now_ = store::test::evening + 24h;
};

void assign(Request& request, std::string unit, std::optional<Date> due = {}) {
  request.handling.assignment =
      Assignment{.unit = std::move(unit), .due = due, .explanation = Sensitive<std::string>("تشریح کارگروه"), .by = "کارگروه"};
}
void answer(Request& request, Timestamp at) {
  request.handling.answer = Answer{.text = Sensitive<std::string>("انجام شد"), .by = "کارشناس", .at = at};
}
void categorise(Request& request, std::string category) { request.content.category = std::move(category); }
void registered(Request& request, System system = System::system137) {
  request.registration = {.state = RegistrationState::registered, .system = system, .code = "137-" + request.form_item.form};
}

TEST_F(Reports, OfTheWeekListEveryRequestByFormAndItem) {
  typed("10");
  typed("9", [](Request& request) {
    assign(request, "معاونت عمران", Date(std::chrono::sys_days(request.meeting_date) + std::chrono::days(30)));
    registered(request);
  });
  typed(
      "10", [](Request& request) { categorise(request, "asphalt"); }, "m1", 2);
  const auto week = report(&reports::week);
  EXPECT_THAT(each(week, "requests", "form"), ElementsAre("\"9\"", "\"10\"", "\"10\""));
  EXPECT_THAT(each(week, "requests", "item"), ElementsAre("1", "1", "2"));
  EXPECT_THAT(each(week, "requests", "unit"), ElementsAre("\"معاونت عمران\"", "\"تعیین نشده\"", "\"تعیین نشده\""));
  EXPECT_THAT(each(week, "requests", "due"), ElementsAre("\"2026-12-24\"", "\"2027-02-22\"", "\"2027-02-22\""));
  EXPECT_THAT(each(week, "requests", "category"), ElementsAre("\"\"", "\"\"", "\"asphalt\""));
  EXPECT_THAT(each(week, "requests", "system_code"), ElementsAre("\"137-9\"", "null", "null"));
}

TEST_F(Reports, ShowWhoAskedAndTheirWordsOnlyWhereTheyMay) {
  typed("1", [](Request& request) {
    assign(request, "معاونت عمران");
    answer(request, store::test::evening);
  });
  for (const auto tell : {&reports::week, &reports::progress, &reports::results, &reports::before, &reports::close_out}) {
    const auto plain = json::to_text(report(tell));
    EXPECT_THAT(plain, HasSubstr(R"("personal_data":false)"));
    for (const auto* const words : {"زهرا", "1234567", "۱۲۳۴۵۶۷", "کوچه آسفالت ندارد", "\"آسفالت\"", "تشریح کارگروه", "انجام شد\"}"}) {
      EXPECT_THAT(plain, Not(HasSubstr(words)));
    }
  }
  const auto personal = report(&reports::week, "m1", true);
  EXPECT_EQ(text(personal, "personal_data"), "true");
  EXPECT_THAT(text(personal, "requests"),
              AllOf(HasSubstr("زهرا"), HasSubstr("09131234567"), HasSubstr("کوچه آسفالت ندارد"), HasSubstr("تشریح کارگروه")));
}

TEST_F(Reports, OfResultsCountBySubjectAndUnitAndListWhatIsOpenByUnit) {
  const auto soon = tehran_date(now_ + 48h);
  const auto past = tehran_date(now_ - 48h);
  typed("1", [&](Request& request) {
    assign(request, "ب", soon);
    categorise(request, "asphalt");
    registered(request);
    request.told = Told{.by = ToldBy::sms, .code = "1", .at = now_};
  });
  typed("2", [&](Request& request) {
    assign(request, "الف", past);
    registered(request, System::service_desk);
  });
  typed("3", [&](Request& request) {
    assign(request, "ب", past);
    answer(request, now_);
  });
  typed("4", [&](Request& request) {
    assign(request, "ب", soon);
    request.follow_up = {.progress = Progress::cannot_be_done, .words = {}, .changed_at = now_};
  });
  const auto results = report(&reports::results);
  EXPECT_EQ(text(results, "totals"),
            R"({"all":4,"answered_in_time":1,"answered_late":1,"waiting":1,"overdue":1,"withdrawn":0,"cannot_be_done":1})");
  EXPECT_EQ(text(results, "registration"), R"({"registered_137":1,"registered_service_desk":1,"told":1})");
  EXPECT_THAT(each(results, "by_subject", "category"), ElementsAre("\"آسفالت\"", "\"بدون دسته\""));
  EXPECT_THAT(each(results, "by_unit", "unit"), ElementsAre("\"الف\"", "\"ب\""));
  EXPECT_THAT(each(results, "by_unit", "answered_late"), ElementsAre("0", "1"));
  EXPECT_THAT(each(results, "open", "unit"), ElementsAre("\"الف\"", "\"ب\""));
  EXPECT_THAT(each(results, "open", "form"), ElementsAre("\"2\"", "\"1\""));
  EXPECT_THAT(each(results, "open", "standing"), ElementsAre("\"overdue\"", "\"waiting\""));
}

TEST_F(Reports, OfProgressSayHowTheByLawsDeadlinesStand) {
  now_ = store::test::evening + std::chrono::hours(24 * 90);
  const auto progress = report(&reports::progress);
  EXPECT_THAT(each(progress, "deadlines", "due"),
              ElementsAre("\"2026-11-25\"", "\"2026-12-01\"", "\"2026-12-01\"", "\"2026-12-24\"", "\"2027-02-22\""));
  EXPECT_THAT(each(progress, "deadlines", "state"), ElementsAre("\"missed\"", "\"missed\"", "\"missed\"", "\"open\"", "\"open\""));
}

TEST_F(Reports, BeforeAMeetingTellWhatWasPromisedInThatMosque) {
  using namespace std::chrono;
  meeting("earlier", 2026y / June / 2d, "مسجد  جامع");
  meeting("elsewhere", 2026y / June / 3d, "مسجد حکیم");
  meeting("other-region", 2026y / June / 4d, "مسجد جامع", 6);
  const auto past = Date(2026y / July / 1d);
  const auto kept = tehran_end(past);
  typed(
      "1", [&](Request& request) { assign(request, "الف", past), answer(request, kept); }, "earlier");
  typed(
      "2", [&](Request& request) { assign(request, "الف", past), answer(request, kept + 24h); }, "earlier");
  typed(
      "3", [&](Request& request) { assign(request, "الف", past); }, "earlier");
  typed(
      "4", [&](Request& request) { assign(request, "الف", Date(2030y / July / 1d)); }, "earlier");
  typed(
      "5",
      [&](Request& request) {
        request.follow_up = {.progress = Progress::cannot_be_done, .words = {}, .changed_at = kept}, assign(request, "الف", past);
      },
      "earlier");
  typed(
      "6", [](Request&) {}, "earlier");
  typed(
      "7", [&](Request& request) { assign(request, "الف", past); }, "elsewhere");
  typed(
      "8", [&](Request& request) { assign(request, "الف", past); }, "other-region");
  typed("9", [&](Request& request) { assign(request, "الف", past), request.content.region = Region::from_number(5).value(); });
  const auto before = report(&reports::before);
  EXPECT_EQ(text(before, "promises_kept"), R"({"kept":1,"kept_late":1,"time_left":1,"not_kept":1,"cannot_be_done":1})");
  EXPECT_THAT(each(before, "promises", "form"), ElementsAre("\"1\"", "\"2\"", "\"3\"", "\"4\"", "\"5\""));
  EXPECT_THAT(each(before, "promises", "promise"),
              ElementsAre("\"kept\"", "\"kept_late\"", "\"not_kept\"", "\"time_left\"", "\"cannot_be_done\""));
  EXPECT_THAT(each(before, "earlier_meetings", "mosque"), ElementsAre("\"مسجد حکیم\"", "\"مسجد  جامع\""));
  EXPECT_THAT(text(before, "totals"), HasSubstr(R"("all":0)")) << "by where the matter lies: region 7, but for one of the meeting itself";
}

TEST_F(Reports, OfTheEveningSayWhichFormsAreMissingAndWhomToCall) {
  const auto printed = store::test::Calls::wait<store::PrintOutcome>([&](const auto& handler) {
    store_->print_forms({.meeting = "m1", .forms = {"1", "2", "3", "4", "5"}}, handler);
  });
  ASSERT_TRUE(std::holds_alternative<std::vector<PrintedForm>>(printed));
  typed("2", [](Request& request) { registered(request); });
  typed("3", [](Request& request) {
    registered(request);
    request.content.citizen.mobile.reset();
  });
  typed("9", [](Request& request) {
    request.content.citizen.mobile.reset();
    request.content.citizen.mobile_as_written = Sensitive<std::string>("031-3221");
    request.attention = {AttentionReason::no_contact};
  });
  typed(
      "9", [](Request& request) { request.attention = {AttentionReason::undelivered}; }, "m1", 2);
  auto evening = report(&reports::close_out);
  EXPECT_EQ(text(evening, "counts"), R"({"printed":5,"typed":3,"requests":4,"registered":2,"told":2,"to_be_called":3})");
  EXPECT_THAT(text(evening, "lines"), HasSubstr("هنوز وارد نشده است"));
  EXPECT_EQ(text(evening, "missing_forms"), R"([{"from":"1","to":"1","forms":1},{"from":"4","to":"5","forms":2}])");
  EXPECT_THAT(each(evening, "call_list", "no_contact"), ElementsAre("\"no_number\"", "\"number_unusable\"", "\"undelivered\""));
  EXPECT_THAT(each(evening, "call_list", "told"), ElementsAre("\"slip\"", "null", "null")) << "they get no answer by text either";
  EXPECT_THAT(each(evening, "not_registered", "form"), ElementsAre("\"9\"", "\"9\""));
  EXPECT_THAT(each(report(&reports::close_out, "m1", true), "call_list", "mobile"), ElementsAre("\"\"", "\"031-3221\"", "\"09131234567\""));

  auto counted = store_->meeting_record("m1")->meeting;
  counted.forms_distributed = 4;
  counted.forms_collected = 4;
  ASSERT_TRUE(calls().put(counted).ok());
  counted.forms_distributed.reset();
  counted.forms_collected.reset();
  ASSERT_TRUE(calls().put(counted).ok()) << "what is unset keeps what was put before";
  evening = report(&reports::close_out);
  EXPECT_THAT(text(evening, "counts"), HasSubstr(R"("printed":5,"distributed":4,"collected":4,"typed":3)"));
  EXPECT_THAT(text(evening, "lines"), HasSubstr("۱ برگهٔ جمع‌شده هنوز تایپ نشده است."));
}

TEST_F(Reports, OfAllRegionsShowEachOfThemAndTheMeetingsOfThePeriod) {
  using namespace std::chrono;
  meeting("old", 2025y / November / 4d);
  meeting("nazhvan", 2026y / November / 30d, "مسجد ناژوان", Region::nazhvan_number);
  typed("1");
  typed(
      "2", [](Request& request) { answer(request, store::test::evening); }, "nazhvan");
  typed(
      "3", [](Request&) {}, "old");
  const auto all =
      json::parse(
          told([](const Basis& basis, Sink& sink) { regions(basis, {.from = 2026y / November / 24d, .to = 2026y / November / 30d}, sink); },
               true))
          .value();
  EXPECT_EQ(text(all, "personal_data"), "false") << "it shows nobody";
  EXPECT_EQ(each(all, "by_region", "region").size(), 16U);
  EXPECT_EQ(each(all, "by_region", "all").at(6), "2") << "region 7, where both matters lie";
  EXPECT_EQ(each(all, "by_region", "answered_in_time").at(6), "1");
  EXPECT_EQ(each(all, "by_region", "meetings").at(4) + each(all, "by_region", "meetings").at(15), "11");
  EXPECT_THAT(each(all, "meetings", "date"), ElementsAre("\"2026-11-30\"", "\"2026-11-24\""));
}

TEST_F(Reports, OfAMeetingWithoutRequestsAreWholeToo) {
  for (const auto tell : {&reports::week, &reports::progress, &reports::results, &reports::before, &reports::close_out}) {
    EXPECT_THAT(text(report(tell), "made_at"), HasSubstr("2026-09-"));
  }
}

}  // namespace
}  // namespace salam::reports
