#pragma once

#include <string>

/// Blocking HTTP over a plain socket, so that the tests of the stand-ins see every byte.
namespace salam::stand_ins::wire {

struct Reply {
  int status = 0;      ///< 0: the connection ended without an answer.
  bool reset = false;  ///< It was reset.
  std::string head;
  std::string body;
};

/// One connection to 127.0.0.1; nothing is read for longer than `patience_ms`.
class Connection {
 public:
  explicit Connection(unsigned short port, int patience_ms = 5'000);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  Reply send(const std::string& bytes);
  /// With Host and Content-Length; `headers` are whole lines, each with its CRLF.
  Reply call(const std::string& method, const std::string& target, const std::string& headers = {}, const std::string& body = {});

 private:
  int socket_;
  bool connected_ = false;
};

/// Of `http://127.0.0.1:PORT…`.
unsigned short port_of(const std::string& url);

}  // namespace salam::stand_ins::wire
