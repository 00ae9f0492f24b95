#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/process.h"

namespace salam::simulation {

/// The gateway that runs now; null while it is down.
using Gateway = std::function<Process*()>;

/// The apps in which officers type forms: they post, post again until there is an answer, and keep every receipt.
class Clients {
 public:
  struct Receipt {
    std::string form;
    std::string content;  ///< What was posted.
    bool conflict = false;
    std::string id;
    std::string code;
  };
  /// The upstream's code, written on the citizen's slip while he waited.
  struct Slip {
    std::string form;
    std::string code;
  };

  Clients(World& world, const Scenario& scenario, Gateway gateway) : world_(world), scenario_(scenario), gateway_(std::move(gateway)) {}

  void start();
  /// A form for that system, at that time from now.
  void hand_in(Milliseconds at, System system);
  [[nodiscard]] bool done() const { return answered_ == posted_; }
  [[nodiscard]] const std::vector<Receipt>& receipts() const { return receipts_; }
  [[nodiscard]] const std::vector<Slip>& slips() const { return slips_; }
  [[nodiscard]] int forms() const { return forms_; }

  /// What a form of this number says: nothing usable where the citizen left no number.
  static std::string mobile_of(const std::string& form);

 private:
  struct Post {
    std::string form;
    std::string content;
    bool answered = false;
  };

  void post_at(Milliseconds at, const std::string& form, const std::string& content);
  void post(const std::shared_ptr<Post>& post);
  void arrive(const std::shared_ptr<Post>& post);
  void receive(const std::shared_ptr<Post>& post, const store::AcceptOutcome& outcome);
  void wait_for_code(RequestKey key, const std::string& form);
  bool trouble() { return world_.faults && world_.dice.chance(scenario_.network_trouble); }
  Milliseconds network() { return world_.dice.delay(Milliseconds(20), std::chrono::seconds(10)); }

  World& world_;
  const Scenario& scenario_;
  Gateway gateway_;
  int forms_ = 0;
  int posted_ = 0;
  int answered_ = 0;
  std::vector<Receipt> receipts_;
  std::vector<Slip> slips_;
};

}  // namespace salam::simulation
