#pragma once

#include <string>
#include <vector>

#include "gateway/domain/decisions.h"
#include "tests/simulation/letters.h"

namespace salam::simulation {

/// The working group and those who answer citizens: they correct, assign, answer, withdraw, add photographs and invite, now and then two
/// of them the same request, from what they read a while ago.
class WorkingGroup {
 public:
  WorkingGroup(World& world, const Scenario& scenario, Gateway gateway)
      : world_(world), scenario_(scenario), gateway_(gateway), letters_("working group", world, std::move(gateway)) {}

  void start();
  [[nodiscard]] bool idle() const { return letters_.idle(); }

 private:
  void take_up();
  void decide(const Request& seen, const std::string& by);
  void assign(const Request& seen, const lifecycle::Decider& decider);
  void correct(const Request& seen, lifecycle::Decider decider);
  void answer(const Request& seen, const lifecycle::Decider& decider);
  void withdraw(const Request& seen, const lifecycle::Decider& decider);
  void invite();
  void photograph(const Request& seen);
  void post(const Request& seen, Happened what, Process::Decision decision, std::string key);
  const char* category();

  World& world_;
  const Scenario& scenario_;
  Gateway gateway_;
  Letters letters_;
  int numbers_ = 0;
  int photographs_ = 0;
};

}  // namespace salam::simulation
