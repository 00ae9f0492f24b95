#include "tests/simulation/history.h"

#include <memory>
#include <utility>

#include "tests/simulation/checker.h"
#include "tests/simulation/clients.h"
#include "tests/simulation/officers.h"
#include "tests/simulation/process.h"
#include "tests/simulation/working_group.h"

namespace salam::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// The world is to be quiet that long after the faults ended: longer than a text that is never reported is waited for.
constexpr Milliseconds patience = hours(24 * 14);

class History {
 public:
  explicit History(const HistorySettings& settings)
      : settings_(settings),
        world_(settings.seed, settings.traced),
        scenario_(scenario(world_.dice, settings.requests)),
        random_(world_.dice.bits()),
        disk_(world_, random_),
        system137_("137", scenario_.system137, world_, settings.beyond_settle_after),
        service_desk_("desk", scenario_.service_desk, world_, settings.beyond_settle_after),
        sms_("first", scenario_.sms, world_),
        second_sms_("second", scenario_.second_sms, world_),
        log_(scenario_.log_trouble, world_),
        around_{world_, scenario_, random_, disk_, system137_, service_desk_, sms_, second_sms_, log_},
        clients_(world_, scenario_, [this] { return process_.get(); }),
        officers_(
            world_, scenario_, [this] { return process_.get(); }, system137_, service_desk_, log_),
        working_group_(world_, scenario_, [this] { return process_.get(); }) {}

  HistoryOutcome run() {
    put_meeting();
    start();
    clients_.start();
    officers_.start();
    working_group_.start();
    for (const auto at : scenario_.crashes) world_.after(at, outside, [this] { crash(); });
    world_.after(scenario_.faults_end, outside, [this] { world_.faults = false; });
    world_.after(scenario_.faults_end + hours(2), outside, [this] { look(); });
    const auto end = scenario_.faults_end + patience;
    while (!quiet_ && world_.passed() < end) step();
    HistoryOutcome outcome{.requests = static_cast<std::uint64_t>(clients_.forms()), .lasted = world_.passed(), .counts = world_.counts};
    outcome.breaches =
        breaches({disk_.database, clients_, system137_, service_desk_, sms_, second_sms_, log_, officers_, scenario_.driver.policy});
    if (!quiet_) outcome.breaches.push_back("6: the world does not come to rest: " + unrest_);
    outcome.trace = world_.trace();
    return outcome;
  }

 private:
  void step() {
    try {
      world_.step();
    } catch (const Killed&) {
      crash();
    }
  }

  void put_meeting() {
    store::Settings settings;
    store::Writer writer(disk_.database, settings, world_, random_);
    std::vector<store::Operation> batch;
    batch.emplace_back(store::MeetingOperation{
        {.id = "m", .region = *Region::from_number(5), .mosque = "مسجد", .date = tehran_date(world_.now())}, [](const Result<bool>&) {}});
    writer.apply(batch);
  }

  void start() {
    if (process_) return;
    world_.tell("gateway: starts");
    process_ = std::make_unique<Process>(around_, settings_.mutation);
    watch();
  }

  void crash() {
    if (!process_) return;
    world_.tell("gateway: crashes");
    world_.counts.add(Happened::crash);
    process_->crash();
    process_.reset();
    world_.end_gateway();
    world_.after(world_.dice.chance(0.3) ? world_.dice.between({}, hours(3)) : world_.dice.between({}, seconds(20)), outside,
                 [this] { start(); });
  }

  void watch() {
    process_->watch();
    if (world_.faults) world_.after(seconds(10), world_.gateway(), [this] { watch(); });
  }

  void look() {
    unrest_ = unrest();
    quiet_ = unrest_.empty();
    if (quiet_) return;
    // The city goes on: what passes shows that what does not is at fault.
    if (looks_++ % 12 == 0) {
      clients_.hand_in({}, System::system137);
      clients_.hand_in(minutes(5), System::service_desk);
    }
    world_.after(minutes(30), outside, [this] { look(); });
  }

  /// What is still to come.
  std::string unrest() {
    if (!process_) return "the gateway is down";
    if (!clients_.done()) return "a form has no answer";
    if (!officers_.idle() || !working_group_.idle()) return "an officer is at work";
    auto& database = disk_.database;
    if (const auto waiting = database.number("SELECT max(position) FROM events") - process_->relay().status().position; waiting > 0) {
      return fmt::format("{} events wait", waiting);
    }
    if (database.number("SELECT count(*) FROM invitations WHERE writing = 1") > 0) return "invitations are to be written";
    if (const auto tasks = tasks_to_come(); !tasks.empty()) return "tasks wait: " + tasks;
    if (const auto open = scenario_.officers > 0 ? database.number("SELECT count(*) FROM attention WHERE settled_at IS NULL") : 0;
        open > 0) {
      return fmt::format("{} things wait for an officer", open);
    }
    return {};
  }

  /// But for what is answered in months. Without officers a lookup may go on for ever, with the attention list knowing of it.
  std::string tasks_to_come() {
    auto query = disk_.database.query(
        "SELECT coalesce(group_concat(printf('%010d in lane %d', r.code, t.lane)), '') FROM tasks t JOIN requests r ON r.key = t.request "
        "WHERE NOT (t.lane = ?1 AND t.due > ?2) AND (?3 OR r.attention = 0 OR t.lane > 1 OR t.slot = -4)");
    query.bind(Lane::clock, world_.now() + hours(3), scenario_.officers > 0).next();
    return query.get<std::string>();
  }

  HistorySettings settings_;
  World world_;
  Scenario scenario_;
  SeededRandom random_;
  Disk disk_;
  SimUpstream system137_;
  SimUpstream service_desk_;
  SimSms sms_;
  SimSms second_sms_;
  SimLog log_;
  Surroundings around_;
  std::unique_ptr<Process> process_;
  Clients clients_;
  Officers officers_;
  WorkingGroup working_group_;
  int looks_ = 0;
  bool quiet_ = false;
  std::string unrest_;
};

}  // namespace

HistoryOutcome history(const HistorySettings& settings) { return History(settings).run(); }

}  // namespace salam::simulation
