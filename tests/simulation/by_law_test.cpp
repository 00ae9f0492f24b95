#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>

#include <gmock/gmock.h>
#include <spdlog/spdlog.h>

#include "gateway/domain/decisions.h"
#include "tests/simulation/letters.h"

/// Three meetings through three months, as the by-law has them: what was decided of each form, by whom and when, is written out here, so
/// that the figures at the end can be reckoned by hand. Beside it on every day: the audit of the database, as operators run it.
namespace salam::simulation {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array meeting_days{1, 15, 29};
constexpr int last_day = 100;

/// What becomes of the forms of each meeting.
enum Form {
  answered_in_the_session,
  answered_in_time,
  answered_late,
  never_answered,
  reopened_and_answered,
  reopened,
  with_a_wrong_number,
  reviewed,
  reviewed_late,
  twin,
  withdrawn,
  forgotten,
  forms,
};

Scenario calm() {
  Scenario calm;
  for (auto* upstream : {&calm.system137, &calm.service_desk}) {
    upstream->call_deadline = seconds(30);
    upstream->settle_after = minutes(10);
    upstream->has_amendment_lookup = true;
  }
  calm.system137.code_prefix = "4";
  calm.service_desk.code_prefix = "D-";
  // Over the evening of the third meeting.
  calm.system137.outages = {{days(29) - hours(2), days(31)}};
  calm.driver.policy.desk_after_review = true;
  return calm;
}

class ByLaw : public testing::Test {
 protected:
  ByLaw() {
    spdlog::set_level(spdlog::level::off);
    disk_.database.execute("PRAGMA synchronous = OFF");
    store::Settings settings;
    store::Writer writer(disk_.database, settings, world_, random_);
    std::vector<store::Operation> batch;
    for (const int day : meeting_days) {
      batch.emplace_back(store::MeetingOperation{{.id = name(day), .region = *Region::from_number(5), .mosque = "مسجد", .date = date(day)},
                                                 [](const Result<bool>&) {}});
    }
    writer.apply(batch);
    world_.faults = false;
    start();
  }
  ~ByLaw() override { std::filesystem::remove_all(folder_); }

  static std::filesystem::path new_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "salam-by-law-XXXXXX").string();
    return mkdtemp(name.data());
  }
  static std::string name(int meeting) { return "meeting-" + std::to_string(meeting); }
  Date date(int day) const { return std::chrono::sys_days(first_day_) + days(day); }

  // --- the gateway --------------------------------------------------------------------------------------------------

  void start() {
    if (!process_) process_ = std::make_unique<Process>(around_, Mutation::none);
  }
  void crash() {
    process_->crash();
    process_.reset();
    world_.end_gateway();
    world_.after(minutes(1), outside, [this] { start(); });
  }
  void live_until(Milliseconds end) {
    bool there = false;
    world_.after(end - world_.passed(), outside, [&there] { there = true; });
    while (!there) {
      try {
        world_.step();
      } catch (const Killed&) {
        crash();
      }
    }
  }

  // --- the people ---------------------------------------------------------------------------------------------------

  void hand_in(int meeting, Form form) {
    if (handed_in_.contains({meeting, form})) return;
    world_.after(seconds(15), outside, [this, meeting, form] { hand_in(meeting, form); });
    if (!process_) return;
    store::Intake intake{.form_item = {.meeting = name(meeting), .form = std::to_string(form), .item = 1},
                         .received_from = "app",
                         .original = "{}",
                         .fingerprint = name(meeting) + std::to_string(form),
                         .content = {.region = *Region::from_number(5)},
                         .route = {},
                         .citizen_hash = {},
                         .traceparent = {},
                         .first_change = {}};
    intake.content.citizen.mobile = Sensitive<std::string>("+98913" + std::to_string(1'000'000 + 100 * meeting + form));
    if (form == reviewed || form == reviewed_late || form == twin) intake.route.system = System::service_desk;
    process_->accept(std::move(intake), [this, meeting, form](const store::AcceptOutcome& outcome) {
      if (!std::holds_alternative<Error>(outcome)) handed_in_.emplace(meeting, form);
    });
  }

  Request request(int meeting, Form form) {
    return process_->store().list({.meeting = name(meeting), .form = std::to_string(form)}, 0, 1).at(0).request;
  }

  /// On that day after the meeting, in the evening.
  void on(int day, int meeting, Form form, Process::Decision decision) {
    world_.after(days(meeting + day) + hours(1) - world_.passed(), outside,
                 [this, meeting, form, decision = std::move(decision)] { decide(meeting, form, decision); });
  }
  void decide(int meeting, Form form, const Process::Decision& decision) {
    if (!process_) {
      world_.after(minutes(1), outside, [this, meeting, form, decision] { decide(meeting, form, decision); });
      return;
    }
    letters_.post(seconds(1), {.request = request(meeting, form).key,
                               .decision = decision,
                               .key = letters_.new_key(),
                               .answered = [meeting, form](const Result<void>& answer) {
                                 EXPECT_TRUE(answer.ok())
                                     << name(meeting) << ", form " << form << ": " << (answer.ok() ? "" : answer.error().code);
                               }});
  }

  void assign(int day, int meeting, Form form, const std::string& unit, std::optional<int> due = {}) {
    lifecycle::Assigning assigning{.assignment = {.unit = unit}};
    if (due) assigning.assignment.due = date(meeting + *due);
    on(day, meeting, form, [this, assigning](const Record& record, const auto& policy, const auto& moment) {
      return lifecycle::assign(record, assigning, group_, policy, moment);
    });
  }
  void answer(int day, int meeting, Form form, AnswerChannel channel = AnswerChannel::phone) {
    const lifecycle::GivenAnswer given{.channel = channel, .text = Sensitive<std::string>("در برنامه است")};
    on(day, meeting, form, [this, given](const Record& record, const auto& policy, const auto& moment) {
      return lifecycle::answer(record, given, group_, policy, moment);
    });
  }
  /// Its system says so.
  void report(int day, int meeting, Form form, Progress progress) {
    on(day, meeting, form, [progress](const Record& record, const auto& policy, const auto& moment) {
      return lifecycle::followed_up(
          record,
          ProgressReport{
              .code = record.request.registration.code, .progress = progress, .words = std::string(to_string(progress)), .at = {}},
          policy, moment);
    });
  }
  void review(int day, int meeting, Form form, const lifecycle::ReviewVerdict& verdict) {
    on(day, meeting, form, [this, verdict](const Record& record, const auto& policy, const auto& moment) {
      return lifecycle::review(record, verdict, group_, policy, moment);
    });
  }
  void correct_number(int day, int meeting, Form form, const std::string& mobile) {
    on(day, meeting, form, [this, mobile](const Record& record, const auto& policy, const auto& moment) {
      lifecycle::Correction correction{.content = record.request.content, .citizen_hash = "hash"};
      correction.content.citizen.mobile = Sensitive<std::string>(mobile);
      return lifecycle::correct(record, correction, group_, policy, moment);
    });
  }
  void withdraw(int day, int meeting, Form form) {
    on(day, meeting, form, [this](const Record& record, const auto& policy, const auto& moment) {
      return lifecycle::withdraw(record, group_, policy, moment);
    });
  }

  void hold_meeting(int day) {
    for (int form = 0; form < forms; ++form) {
      world_.after(days(day) + minutes(form), outside, [this, day, form] { hand_in(day, static_cast<Form>(form)); });
    }
    answer(5, day, answered_in_the_session, AnswerChannel::in_person);
    for (const auto form : {answered_in_time, answered_late, never_answered}) assign(5, day, form, "عمران", 10);
    answer(8, day, answered_in_time);
    answer(15, day, answered_late);
    for (const auto form : {reopened_and_answered, reopened}) {
      report(20, day, form, Progress::resolved);
      report(40, day, form, Progress::open);
    }
    answer(45, day, reopened_and_answered, AnswerChannel::in_person);
    correct_number(3, day, with_a_wrong_number, "+98912" + std::to_string(1'000'000 + day));
    answer(6, day, with_a_wrong_number, AnswerChannel::sms);
    review(1, day, reviewed, {.decision = ReviewDecision::to_desk});
    answer(30, day, reviewed);
    review(3, day, reviewed_late,
           {.decision = ReviewDecision::answered,
            .answer = {.channel = AnswerChannel::sms, .text = Sensitive<std::string>("با اداره برق تماس بگیرید")}});
    review(1, day, twin, {.decision = ReviewDecision::twin, .twin = "another"});
    withdraw(4, day, withdrawn);
  }

  /// Whom no text reaches is told by somebody.
  void hand_codes_over() {
    for (const auto reason : {AttentionReason::undelivered, AttentionReason::no_contact}) {
      for (const auto& item : process_->store().attention(reason, {}, 0, 100)) {
        letters_.post(seconds(1), {.request = item.record.request.key,
                                   .decision =
                                       [](const Record& record, const auto& policy, const auto& moment) {
                                         const lifecycle::Settlement settlement{.action = SettleAction::handed_over, .by = "مریم"};
                                         return lifecycle::settle(record, settlement, policy, moment);
                                       },
                                   .key = letters_.new_key(),
                                   .answered = [](const Result<void>&) {}});
      }
    }
  }

  // --- what came of it ----------------------------------------------------------------------------------------------

  void audit(int day) {
    const auto report = store::audit(path_, world_.now());
    ASSERT_TRUE(report.ok()) << report.error().message;
    for (const auto& finding : report.value().findings) ADD_FAILURE() << "day " << day << ": " << finding.code << ": " << finding.what;
  }
  std::int64_t count(const std::string& rows) { return disk_.database.number("SELECT count(*) FROM " + rows); }
  std::int64_t events(EventType type, const std::string& data = "") {
    return count("events WHERE type = '" + std::string(cloud_event_type(type)) + "' AND data LIKE '%" + data + "%'");
  }
  bool overdue(int meeting, Form form) { return request(meeting, form).attention.contains(AttentionReason::overdue); }

  const std::filesystem::path folder_ = new_folder();
  const std::string path_ = folder_ / "salam.db";
  World world_{137, false};
  const Date first_day_ = tehran_date(world_.now());
  Scenario scenario_ = calm();
  SeededRandom random_{world_.dice.bits()};
  Disk disk_{world_, random_, path_};
  SimUpstream system137_{"137", scenario_.system137, world_, 0};
  SimUpstream service_desk_{"desk", scenario_.service_desk, world_, 0};
  SimSms sms_{"first", scenario_.sms, world_};
  SimSms second_sms_{"second", scenario_.second_sms, world_};
  SimLog log_{0, world_};
  Surroundings around_{world_, scenario_, random_, disk_, system137_, service_desk_, sms_, second_sms_, log_};
  std::unique_ptr<Process> process_;
  Letters letters_{"region", world_, [this] { return process_.get(); }};
  std::set<std::pair<int, Form>> handed_in_;
  const lifecycle::Decider group_{.by = "کارگروه"};
};

TEST_F(ByLaw, ThreeMeetingsThroughThreeMonths) {
  for (const int day : meeting_days) hold_meeting(day);
  world_.after(days(29) - hours(3), outside, [this] { world_.faults = true; });
  world_.after(days(31), outside, [this] { world_.faults = false; });
  world_.after(days(50), outside, [this] { crash(); });
  for (int day = 1; day <= last_day; ++day) {
    live_until(days(day) - hours(12));
    audit(day);
    live_until(days(day));
    audit(day);
    live_until(days(day) + minutes(20));
    if (process_) hand_codes_over();
  }

  EXPECT_GT(world_.counts[Happened::unreachable], 0u) << "the outage over the third meeting";
  constexpr int meetings = 3;
  EXPECT_EQ(count("requests"), meetings * forms);
  EXPECT_EQ(count("requests WHERE told_by IS NULL"), 0);
  // But for those that were answered in review, or are another's twin.
  EXPECT_EQ(count("requests WHERE state = 7"), meetings * (forms - 2));
  EXPECT_EQ(count("requests WHERE state = 7 AND system = 1"), meetings) << "what was reviewed in time";
  EXPECT_EQ(count("requests WHERE state = 8"), meetings * 2);
  EXPECT_EQ(events(EventType::reviewed), meetings * 3);
  EXPECT_EQ(events(EventType::deadline_missed, "\"review\""), meetings) << "what was reviewed late";

  // In the session, in time, late, after it was reopened, at the corrected number, from the desk; and in review.
  EXPECT_EQ(count("cases WHERE answer_channel IS NOT NULL"), meetings * 7);
  EXPECT_EQ(count("cases WHERE close_reason IS NOT NULL"), meetings * 3);
  EXPECT_EQ(count("requests WHERE progress = 5"), meetings * 2) << "reopened";
  EXPECT_EQ(count("requests WHERE due IS NOT NULL"), meetings * 3) << "never answered, reopened, forgotten";

  // By the working group's day in each meeting, twice; by the by-law's three months in the first alone, twice.
  EXPECT_EQ(events(EventType::deadline_missed, "\"answer\""), meetings * 2 + 2);
  EXPECT_EQ(process_->store().attention(AttentionReason::overdue, {}, 0, 100).size(), std::size_t{meetings + 2});
  for (const int day : meeting_days) {
    EXPECT_TRUE(overdue(day, never_answered)) << day;
    EXPECT_FALSE(overdue(day, answered_late)) << day;
    EXPECT_EQ(overdue(day, reopened), day == 1) << day;
    EXPECT_EQ(overdue(day, forgotten), day == 1) << day;
  }
  EXPECT_EQ(count("attention WHERE settled_at IS NULL"), meetings + 2) << "nothing else is left to do";

  for (const int day : meeting_days) {
    const auto told = [&](Form form) { return system137_.under(request(day, form).registration.code); };
    EXPECT_EQ(told(answered_in_time)->unit, "عمران");
    EXPECT_TRUE(told(answered_late)->answered);
    EXPECT_TRUE(told(withdrawn)->withdrawn);
    EXPECT_FALSE(told(forgotten)->answered);
    const auto number = request(day, with_a_wrong_number).content.citizen.mobile->reveal();
    EXPECT_TRUE(std::ranges::any_of(sms_.ledger(), [&](const auto& text) { return text.receiver == number && !text.code.empty(); }));
  }
}

}  // namespace
}  // namespace salam::simulation
