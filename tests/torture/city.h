#pragma once

#include <cstdint>
#include <filesystem>

#include "tests/kafka/broker.h"
#include "tests/stand_ins/stand_ins.h"
#include "tests/torture/client.h"
#include "tests/torture/gateway_process.h"
#include "tests/torture/ledgers.h"
#include "tests/torture/proxy.h"

namespace salam::torture {

/// Everybody who takes part: the outside systems, the broker behind its proxy, the gateway, and the client.
class City {
 public:
  City(const std::filesystem::path& jars, const std::filesystem::path& folder, std::uint64_t seed);

  GatewayProcess& gateway() { return gateway_; }
  Client& client() { return client_; }
  Proxy& proxy() { return proxy_; }

  /// The outside systems fail in every way that their contracts leave open, each by its own dice.
  void break_down(std::uint64_t seed);
  void heal();

  /// Of the running gateway: how many citizens were told their code; -1 where it does not answer.
  [[nodiscard]] std::int64_t told();
  /// Whether the running gateway's relay has published all there is.
  [[nodiscard]] bool published();

  [[nodiscard]] Ledgers ledgers();

 private:
  stand_ins::StandIns stand_ins_;
  Proxy proxy_;
  test::Broker broker_;
  GatewayProcess gateway_;
  Client client_;
};

}  // namespace salam::torture
