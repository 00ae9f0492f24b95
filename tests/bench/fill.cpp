#include "tests/bench/fill.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <future>
#include <random>
#include <semaphore>
#include <stdexcept>

#include <fmt/format.h>

#include "gateway/domain/lifecycle.h"
#include "gateway/json/intake.h"
#include "gateway/store/store.h"
#include "tests/bench/forms.h"

namespace salam::bench {
namespace {

constexpr std::ptrdiff_t under_way = 10'000;
constexpr std::size_t told_every = 100'000;

class WallClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()); }
  [[nodiscard]] Steady steady() const override { return std::chrono::steady_clock::now(); }
};

class QuickRandom final : public Random {
 public:
  std::uint64_t bits() override { return engine_(); }

 private:
  std::mt19937_64 engine_{1};
};

store::Intake intake_of(const store::Store& store, const std::string& body, const Region& region, Timestamp now) {
  static const lifecycle::Policy policy;
  const auto document = json::parse(body);
  auto read = json::read_intake(*document);
  if (!read) throw std::runtime_error("a form of the bench is refused: " + body);
  auto content = read->content(region);
  const auto mobile = content.citizen.mobile;
  store::Intake intake{.form_item = read->form_item,
                       .received_from = "bench",
                       .original = body,
                       .fingerprint = "1:" + store.keyed_hash("fingerprint", json::canonical(read->form_item, content)),
                       .content = std::move(content),
                       .route = {.system = System::system137, .rule = "default", .digest = "bench", .category = "asphalt"},
                       .citizen_hash = mobile ? store.keyed_hash("citizen", mobile->reveal()) : std::string{},
                       .traceparent = {},
                       .first_change = {}};
  intake.first_change = [now](Request fresh) { return lifecycle::received(std::move(fresh), policy, {.now = now}); };
  return intake;
}

}  // namespace

void fill_store(const std::string& path, const std::string& forms, std::size_t requests) {
  WallClock clock;
  QuickRandom random;
  const Forms all(forms);
  auto opened = store::open({.path = path, .max_queue = 2 * static_cast<std::size_t>(under_way)}, clock, random);
  if (!opened) throw std::runtime_error(opened.error().message);
  auto& store = **opened;
  const auto region = *Region::from_number(3);
  std::promise<bool> known;
  store.put_meeting({.id = "bench", .region = region, .mosque = "مسجد جامع", .date = tehran_date(clock.now())},
                    [&](const Result<bool>& outcome) { known.set_value(outcome.ok()); });
  if (!known.get_future().get()) throw std::runtime_error("the meeting was not stored");
  std::counting_semaphore<under_way> room(under_way);
  std::atomic<std::size_t> failed = 0;
  for (std::size_t number = 0; number < requests; ++number) {
    room.acquire();
    store.accept(intake_of(store, all.body(number), region, clock.now()), [&](const store::AcceptOutcome& outcome) {
      if (!std::holds_alternative<store::Accepted>(outcome)) ++failed;
      room.release();
    });
    if ((number + 1) % told_every == 0) fmt::print(stderr, "stored {} of {}\n", number + 1, requests);
  }
  store.close();
  if (failed > 0) throw std::runtime_error(fmt::format("{} requests were not stored", failed.load()));
}

}  // namespace salam::bench
