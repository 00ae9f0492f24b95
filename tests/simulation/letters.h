#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tests/simulation/clients.h"

namespace salam::simulation {

/// What one person decided of one request or adds to it, or decided of the meeting's invitation, on its way to the gateway.
struct Letter {
  RequestKey request = 0;
  Process::Decision decision;
  std::string key;  ///< Its `Idempotency-Key`; empty where it needs none.
  std::function<void(const Result<void>&)> answered;
  std::optional<Invitation> invitation{};  ///< In place of a request's decision.
  std::string attachment{};                ///< In place of a decision.
};

/// Sends each until it is answered, the same under the same key.
class Letters {
 public:
  /// `office`: whose letters they are.
  Letters(std::string office, World& world, Gateway gateway) : office_(std::move(office)), world_(world), gateway_(std::move(gateway)) {}

  void post(Milliseconds wait, Letter letter);
  [[nodiscard]] bool idle() const { return under_way_ == 0; }
  std::string new_key() { return office_ + " " + std::to_string(++keys_); }

 private:
  struct Sent {
    Letter letter;
    bool answered = false;
  };

  void send(const std::shared_ptr<Sent>& sent);
  void receive(const std::shared_ptr<Sent>& sent, const Result<void>& answer);

  std::string office_;
  World& world_;
  Gateway gateway_;
  int under_way_ = 0;
  int keys_ = 0;
};

}  // namespace salam::simulation
