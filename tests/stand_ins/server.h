#pragma once

#include <functional>
#include <memory>

#include "tests/stand_ins/message.h"

namespace boost::asio {
class io_context;
}

namespace salam::stand_ins {

/// A small HTTP/1.1 server on loopback: keep-alive, no logging, and the ways to misbehave that `Answer` names.
class Server {
 public:
  using Handler = std::function<Answer(const Request&)>;

  virtual ~Server() = default;
  [[nodiscard]] virtual unsigned short port() const = 0;
};

/// Everything happens on the context's one thread. Throws std::runtime_error where the port is taken; port 0 takes a free one.
std::unique_ptr<Server> serve(boost::asio::io_context& context, unsigned short port, Server::Handler handler);

}  // namespace salam::stand_ins
