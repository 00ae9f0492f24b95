#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace salam::torture {

/// Stands between the gateway and the broker, on a loopback port and a thread of its own, and can keep bytes back: what a process that has
/// died since had already sent, and what reaches the broker only after its successor has begun.
class Proxy {
 public:
  Proxy();
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  [[nodiscard]] unsigned short port() const;
  void forward_to(unsigned short port);

  /// Lets `passing` more sends of clients through, then keeps back what comes on the connections that are open now. Connections opened
  /// later are not touched.
  void hold(int passing);
  /// How many bytes are kept.
  [[nodiscard]] std::size_t held() const;
  /// Lets go of them; says what they were, for each connection.
  std::vector<std::string> release();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace salam::torture
