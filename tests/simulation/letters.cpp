#include "tests/simulation/letters.h"

#include <utility>

namespace salam::simulation {
namespace {

using std::chrono::seconds;

}  // namespace

void Letters::post(Milliseconds wait, Letter letter) {
  ++under_way_;
  world_.after(wait, outside, [this, sent = std::make_shared<Sent>(Sent{std::move(letter)})] { send(sent); });
}

void Letters::send(const std::shared_ptr<Sent>& sent) {
  if (sent->answered) return;
  world_.after(seconds(20), outside, [this, sent] { send(sent); });
  auto* gateway = gateway_();
  if (gateway == nullptr) return;
  const auto& letter = sent->letter;
  auto reply = [this, sent](const Result<void>& answer) {
    world_.after(world_.dice.delay(Milliseconds(50), seconds(30)), outside, [this, sent, answer] { receive(sent, answer); });
  };
  if (letter.invitation) return gateway->invite(*letter.invitation, letter.key, std::move(reply));
  if (!letter.attachment.empty()) return gateway->attach(letter.request, letter.attachment, std::move(reply));
  gateway->carry_out(letter.request, letter.decision, letter.key, std::move(reply));
}

void Letters::receive(const std::shared_ptr<Sent>& sent, const Result<void>& answer) {
  if (sent->answered) return;
  if (!answer && (answer.error().code == "overloaded" || answer.error().code == "storage_full")) return;
  sent->answered = true;
  --under_way_;
  sent->letter.answered(answer);
}

}  // namespace salam::simulation
