#include "adapters/upstream/by_hand.h"

#include <utility>

namespace salam::upstream {
namespace {

class ByHand final : public Upstream {
 public:
  explicit ByHand(Executor& executor) : executor_(executor) { traits_.by_hand = true; }

  [[nodiscard]] const UpstreamTraits& traits() const override { return traits_; }

  void submit(std::shared_ptr<const Request> /*request*/, Handler<SubmitOutcome> handler) override {
    executor_.post([handler = std::move(handler)] { handler({outcome::ByHand{}, Milliseconds{0}, ""}); });
  }
  void look_up(std::shared_ptr<const Request> /*request*/, Handler<LookupOutcome> handler) override { ask_a_person(std::move(handler)); }
  void poll(std::string /*token*/, Handler<PollOutcome> handler) override { ask_a_person(std::move(handler)); }

 private:
  template <class Outcome>
  void ask_a_person(Handler<Outcome> handler) {
    executor_.post([handler = std::move(handler)] {
      handler({outcome::Unclear{"the system is served by hand: only a person can look there"}, Milliseconds{0}, ""});
    });
  }

  UpstreamTraits traits_;
  Executor& executor_;
};

}  // namespace

std::unique_ptr<Upstream> make_by_hand(Executor& executor) { return std::make_unique<ByHand>(executor); }

}  // namespace salam::upstream
