#include "tests/torture/client.h"

#include <spdlog/fmt/fmt.h>

#include "tests/torture/http_call.h"

namespace salam::torture {
namespace {

constexpr int threads = 3;
constexpr std::chrono::milliseconds longest_pause{60};
constexpr std::chrono::milliseconds before_another_try{10};

/// Most go to 137, some to the desk, and some are refused by 137 first.
std::string_view category_of(std::size_t index) {
  switch (index % 10) {
    case 0:
    case 5:
      return "loan";
    case 7:
      return "other_bodies";
    default:
      return "asphalt";
  }
}

std::string body_of(const Form& form, std::size_t index) {
  return fmt::format(
      R"({{"meeting": "torture", "form": "{}", "kind": "request", "category": "{}", "subject": "درخواست {}",)"
      R"( "description": "متن درخواست", "citizen": {{"name": "نمونه", "mobile": "{}"}}, "place": {{"address": "خیابان نمونه"}}}})",
      form.number, category_of(index), form.number, form.mobile);
}

}  // namespace

Client::Client(GatewayProcess& gateway, std::uint64_t seed) : gateway_(gateway) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this, seed, i] { work(seed + static_cast<std::uint64_t>(i)); });
}

Client::~Client() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Client::hand_in(int forms) {
  {
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < forms; ++i) {
      const auto number = forms_.size();
      // The last digits 0000 to 0003 mean trouble to the stand-in.
      forms_.push_back({.number = std::to_string(number), .mobile = fmt::format("0913{:06}9", number), .id = {}, .code = {}});
    }
  }
  changed_.notify_all();
}

bool Client::await_answers(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [this] { return next_ == forms_.size() && under_way_ == 0; });
}

void Client::work(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || next_ < forms_.size(); });
    if (ending_) return;
    const auto index = next_++;
    ++under_way_;
    const bool again = random() % 10 == 0;
    const auto earlier = random() % (index + 1);
    const bool repeat = again && !forms_[earlier].id.empty();
    const std::chrono::milliseconds pause(random() % static_cast<std::uint64_t>(longest_pause.count()));
    lock.unlock();
    post(index);
    if (repeat) post(earlier);
    std::this_thread::sleep_for(pause);
    lock.lock();
    --under_way_;
    changed_.notify_all();
  }
}

void Client::post_again(std::size_t first) {
  for (std::size_t index = first; index < forms(); ++index) post(index);
}

void Client::post(std::size_t index) {
  const auto body = [&] {
    const std::lock_guard lock(mutex_);
    return body_of(forms_[index], index);
  }();
  bool sent_before = false;
  while (!ending()) {
    const auto port = gateway_.api_port();
    const auto answer = port == 0 ? test::Answer{} : http_call(port, gateway_.key(), "POST", "/v1/requests", body);
    if (answer.status != 0 && answer.status != 503) return answered(index, answer, sent_before);
    sent_before = sent_before || port != 0;
    std::this_thread::sleep_for(before_another_try);
  }
}

void Client::answered(std::size_t index, const test::Answer& answer, bool sent_before) {
  const auto receipt = read_json(answer.body);
  const auto id = text_of(receipt, "id");
  const auto code = text_of(receipt, "tracking_code");
  const std::lock_guard lock(mutex_);
  auto& form = forms_[index];
  unanswered_ += sent_before ? 1 : 0;
  const bool known = !form.id.empty();
  const bool right = (answer.status == 202 && !known) || (answer.status == 200 && (known || sent_before));
  if (!right || id.empty() || code.empty() || (known && (id != form.id || code != form.code))) {
    contradictions_.push_back(
        fmt::format("form {} (so far id {}, code {}) was answered {}: {}", form.number, form.id, form.code, answer.status, answer.body));
    return;
  }
  form.id = id;
  form.code = code;
}

bool Client::ending() const {
  const std::lock_guard lock(mutex_);
  return ending_;
}
std::vector<Form> Client::ledger() const {
  const std::lock_guard lock(mutex_);
  return forms_;
}
std::vector<std::string> Client::contradictions() const {
  const std::lock_guard lock(mutex_);
  return contradictions_;
}
std::size_t Client::forms() const {
  const std::lock_guard lock(mutex_);
  return forms_.size();
}
int Client::unanswered() const {
  const std::lock_guard lock(mutex_);
  return unanswered_;
}

}  // namespace salam::torture
