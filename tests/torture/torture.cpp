#include "tests/torture/torture.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <ostream>
#include <thread>

#include <spdlog/fmt/fmt.h>

#include "tests/torture/http_call.h"

namespace salam::torture {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds settling{180};
constexpr seconds catching_up{20};
constexpr int killed = 128 + 9;

constexpr int produce_request = 0;

bool eventually(milliseconds patience, const std::function<bool()>& condition) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return true;
}

/// The API key of each whole request in what was sent to a broker: four bytes of length, two of API key, and so on.
std::vector<int> api_keys(std::string_view bytes) {
  std::vector<int> keys;
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])); };
  while (bytes.size() >= 6) {
    const auto length = (byte(0) << 24U) + (byte(1) << 16U) + (byte(2) << 8U) + byte(3);
    keys.push_back(static_cast<int>((byte(4) << 8U) + byte(5)));
    bytes.remove_prefix(std::min(bytes.size(), length + 4));
  }
  return keys;
}

}  // namespace

std::string Report::summary() const {
  return fmt::format(
      "{} cycles, {} requests ({} posts repeated), {} kills ({} at a random moment, {} at a sync, {} at a send, {} with bytes held back: "
      "{} requests came to the broker after the successor's, {} of them with records), {} lost, {} doubled, {} out of order{}",
      cycles, requests, unanswered, kills[0] + kills[1] + kills[2] + kills[3], kills[0], kills[1], kills[2], kills[3], late_requests,
      late_records, verdict.lost.size(), verdict.doubled.size(), verdict.out_of_order.size(),
      failures.empty() ? "" : fmt::format(", {} other failures", failures.size()));
}

Torture::Torture(City& city, const Options& options, std::ostream& progress)
    : city_(city), options_(options), progress_(progress), random_(options.seed) {}

Report Torture::run() {
  open_meeting();
  while (report_.cycles < options_.cycles && report_.good()) {
    city_.break_down(random_());
    for (int i = 0; i < options_.together && report_.cycles < options_.cycles && report_.failures.empty(); ++i) cycle();
    city_.heal();
    settle();
    compare_ledgers();
    progress_ << fmt::format("{}/{}: {}\n", report_.cycles, options_.cycles, report_.summary()) << std::flush;
  }
  return std::move(report_);
}

void Torture::open_meeting() {
  auto& gateway = city_.gateway();
  gateway.launch();
  gateway.await_listening();
  const auto answer = http_call(gateway.api_port(), gateway.key(), "PUT", "/v1/meetings/torture",
                                R"({"region": "5", "mosque": "مسجد نمونه", "date": "2099-11-24"})");
  if (answer.status != 201) report_.failures.push_back(fmt::format("the meeting was answered {}: {}", answer.status, answer.body));
  gateway.kill();
}

void Torture::cycle() {
  city_.client().hand_in(options_.forms);
  const int nth_sync = dice(1, 25);
  const int nth_send = dice(1, 120);
  const int moment = dice(0, 2);
  switch (static_cast<KillKind>(report_.cycles % 4)) {
    case KillKind::random_moment:
      kill_at_random();
      break;
    case KillKind::at_sync:
      kill_as_planned(KillKind::at_sync, fmt::format("sync:{}:{}", nth_sync, moment == 0 ? "before" : "after"));
      break;
    case KillKind::at_send:
      kill_as_planned(KillKind::at_send, fmt::format("send:{}:{}", nth_send, moment == 0 ? "before" : moment == 1 ? "half" : "after"));
      break;
    case KillKind::bytes_held:
      kill_with_bytes_held();
      break;
  }
  ++report_.cycles;
}

void Torture::kill_at_random() {
  const bool up = dice(0, 1) == 1;
  const auto wait = up_to(1'000);
  city_.gateway().launch();
  if (up) city_.gateway().await_listening();
  std::this_thread::sleep_for(wait);
  kill(KillKind::random_moment);
}

/// Where the moment does not come before all is done, it is a random one.
void Torture::kill_as_planned(KillKind kind, const std::string& plan) {
  const auto wait = up_to(1'000);
  auto& gateway = city_.gateway();
  gateway.launch(plan);
  eventually(settling, [&] { return !gateway.running() || city_.client().await_answers(milliseconds(0)); });
  eventually(wait, [&] { return !gateway.running(); });
  kill(gateway.running() ? KillKind::random_moment : kind);
}

void Torture::kill_with_bytes_held() {
  auto& gateway = city_.gateway();
  const int passing = dice(0, 8);
  const auto before = up_to(300);
  const auto more = up_to(30);
  const auto after = up_to(500);
  gateway.launch();
  gateway.await_listening();
  std::this_thread::sleep_for(before);
  city_.proxy().hold(passing);
  eventually(seconds(1), [&] { return city_.proxy().held() > 0; });
  std::this_thread::sleep_for(more);
  kill(KillKind::bytes_held);
  gateway.launch();
  gateway.await_listening();
  eventually(catching_up, [&] { return city_.published(); });
  for (const auto& bytes : city_.proxy().release()) {
    for (const auto api_key : api_keys(bytes)) {
      ++report_.late_requests;
      report_.late_records += api_key == produce_request ? 1 : 0;
    }
  }
  std::this_thread::sleep_for(after);
  kill(KillKind::random_moment);
}

/// Everything around the gateway works; a few more forms let it see that both lookups do.
void Torture::settle() {
  auto& gateway = city_.gateway();
  auto& client = city_.client();
  gateway.launch();
  gateway.await_listening();
  client.hand_in(10);
  if (!client.await_answers(settling)) report_.failures.emplace_back("forms are still unanswered");
  const auto forms = client.forms();
  if (!eventually(settling, [&] { return city_.told() == static_cast<std::int64_t>(forms); }))
    report_.failures.push_back(fmt::format("{} of {} citizens were told their code", city_.told(), forms));
  if (!eventually(catching_up, [&] { return city_.published(); })) report_.failures.emplace_back("events are still unpublished");
  client.post_again(report_.cycles == options_.cycles ? 0 : compared_);
  compared_ = forms;
  if (const auto code = gateway.terminate(); code != 0)
    report_.failures.push_back(fmt::format("SIGTERM ended the gateway with {}", code.value_or(-1)));
  if (const auto audit = gateway.run({"audit"}); audit.code != 0) report_.failures.push_back("the audit failed: " + audit.output);
}

void Torture::compare_ledgers() {
  report_.verdict = compare(city_.ledgers());
  report_.requests = city_.client().forms();
  report_.unanswered = city_.client().unanswered();
}

/// Sees to it that the gateway has ended by SIGKILL and by nothing else.
void Torture::kill(KillKind kind) {
  auto& gateway = city_.gateway();
  const auto code = gateway.kill();
  ++report_.kills[static_cast<std::size_t>(kind)];
  if (code != killed) report_.failures.push_back(fmt::format("the gateway ended by itself with {}: {}", code, gateway.log_tail()));
}

milliseconds Torture::up_to(int most) { return milliseconds(dice(0, most)); }

int Torture::dice(int least, int most) { return least + static_cast<int>(random_() % static_cast<std::uint64_t>(most - least + 1)); }

}  // namespace salam::torture
