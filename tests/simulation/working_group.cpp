#include "tests/simulation/working_group.h"

#include <array>
#include <utility>

namespace salam::simulation {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

}  // namespace

void WorkingGroup::start() {
  for (int left = scenario_.decisions; left > 0; --left) {
    world_.after(world_.dice.between(minutes(1), scenario_.faults_end), outside, [this] { take_up(); });
  }
  for (int left = scenario_.invitations; left > 0; --left) {
    world_.after(world_.dice.between(minutes(1), scenario_.faults_end), outside, [this] { invite(); });
  }
}

void WorkingGroup::take_up() {
  auto* gateway = gateway_();
  if (gateway == nullptr) return;
  const auto all = gateway->store().list({}, 0, scenario_.requests);
  if (all.empty()) return;
  const auto& seen = all[static_cast<std::size_t>(world_.dice.below(static_cast<std::int64_t>(all.size())))].request;
  const int people = world_.dice.chance(0.2) ? 2 : 1;
  for (int person = 1; person <= people; ++person) decide(seen, "member " + std::to_string(person));
}

const char* WorkingGroup::category() {
  constexpr std::array categories{"", "asphalt", "green space", "lights"};
  return categories.at(static_cast<std::size_t>(world_.dice.below(categories.size())));
}

void WorkingGroup::decide(const Request& seen, const std::string& by) {
  lifecycle::Decider decider{.by = by, .version = world_.dice.chance(0.5) ? std::optional(seen.version) : std::nullopt};
  switch (world_.dice.pick({5, 4, 3, 1, 4})) {
    case 0:
      return assign(seen, decider);
    case 1:
      return correct(seen, std::move(decider));
    case 2:
      return answer(seen, decider);
    case 3:
      return withdraw(seen, decider);
    default:
      return photograph(seen);
  }
}

void WorkingGroup::assign(const Request& seen, const lifecycle::Decider& decider) {
  constexpr std::array units{"roads", "parks", "traffic"};
  lifecycle::Assigning assigning{.assignment = {.unit = units.at(static_cast<std::size_t>(world_.dice.below(units.size())))},
                                 .category = category()};
  if (world_.dice.chance(0.4)) assigning.assignment.due = std::chrono::sys_days(seen.meeting_date) + days(world_.dice.below(3));
  post(seen, Happened::assigned,
       [assigning, decider](const Record& record, const auto& policy, const auto& moment) {
         return lifecycle::assign(record, assigning, decider, policy, moment);
       },
       {});
}

void WorkingGroup::correct(const Request& seen, lifecycle::Decider decider) {
  // A patch is made of what was read.
  decider.version = seen.version;
  lifecycle::Correction correction{.content = seen.content, .citizen_hash = seen.citizen_hash};
  const bool number = world_.dice.chance(0.5);
  if (number) {
    auto& mobile = correction.content.citizen.mobile;
    mobile.reset();
    if (world_.dice.chance(0.85)) mobile = Sensitive<std::string>("+98912" + std::to_string(1'000'000 + numbers_++));
  }
  if (!number || world_.dice.chance(0.3)) correction.content.category = category();
  post(seen, number ? Happened::number_corrected : Happened::corrected,
       [correction, decider](const Record& record, const auto& policy, const auto& moment) {
         return lifecycle::correct(record, correction, decider, policy, moment);
       },
       {});
}

void WorkingGroup::answer(const Request& seen, const lifecycle::Decider& decider) {
  const lifecycle::GivenAnswer given{.channel = static_cast<AnswerChannel>(world_.dice.below(3)),
                                     .text = Sensitive<std::string>("what the region answers")};
  post(
      seen, Happened::answered,
      [given, decider](const Record& record, const auto& policy, const auto& moment) {
        return lifecycle::answer(record, given, decider, policy, moment);
      },
      letters_.new_key());
}

void WorkingGroup::withdraw(const Request& seen, const lifecycle::Decider& decider) {
  post(
      seen, Happened::withdrawn,
      [decider](const Record& record, const auto& policy, const auto& moment) {
        return lifecycle::withdraw(record, decider, policy, moment);
      },
      letters_.new_key());
}

void WorkingGroup::invite() {
  const Invitation draft{.session = {.date = std::chrono::sys_days(tehran_date(world_.now())) + days(60), .time = {}, .place = "مسجد"},
                         .text = "بیایید " + std::to_string(world_.dice.below(2)),
                         .by = "the region's manager"};
  letters_.post({}, {.decision = {},
                     .key = letters_.new_key(),
                     .answered =
                         [this](const Result<void>& answer) {
                           world_.tell("working group: invites: {}", answer ? "done" : answer.error().code);
                           world_.counts.add(answer ? Happened::invited : Happened::nobody_invited);
                         },
                     .invitation = draft});
}

void WorkingGroup::photograph(const Request& seen) {
  const auto url = "https://photos.example/" + std::to_string(++photographs_);
  letters_.post(world_.dice.delay(seconds(1), minutes(20)), {.request = seen.key,
                                                             .decision = {},
                                                             .key = {},
                                                             .answered =
                                                                 [this, url, reference = seen.code.digits()](const Result<void>& answer) {
                                                                   world_.tell("working group: {} for {}: {}", url, reference,
                                                                               answer ? "taken" : answer.error().code);
                                                                   if (answer) world_.counts.add(Happened::photographed);
                                                                 },
                                                             .attachment = url});
}

void WorkingGroup::post(const Request& seen, Happened what, Process::Decision decision, std::string key) {
  letters_.post(world_.dice.delay(seconds(30), minutes(20)),
                {.request = seen.key,
                 .decision = std::move(decision),
                 .key = std::move(key),
                 .answered = [this, what, reference = seen.code.digits()](const Result<void>& answer) {
                   world_.tell("working group: {} {}: {}", to_string(what), reference, answer ? "done" : answer.error().code);
                   const bool moot = !answer && answer.error().code == "unchanged";
                   if (!moot) world_.counts.add(answer ? what : Happened::decided_too_late);
                 }});
}

}  // namespace salam::simulation
