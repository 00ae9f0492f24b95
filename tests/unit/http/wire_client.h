#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

/// A client that sends exactly the bytes it is told to, and reads answers one by one.
namespace salam::test {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
};

class WireClient {
 public:
  explicit WireClient(unsigned short port);
  ~WireClient();
  WireClient(const WireClient&) = delete;
  WireClient& operator=(const WireClient&) = delete;

  /// False where the server has closed.
  bool send(std::string_view bytes);
  /// The next answer; status 0 where the connection ends or nothing comes for 20 s. An answer to HEAD has no body.
  Answer read(bool to_head = false);
  Answer ask(std::string_view bytes) {
    send(bytes);
    return read();
  }
  bool has_something_within(std::chrono::milliseconds wait);
  /// Waits for the server to close; true where it does and sends nothing more.
  bool is_closed();
  void shut_sending();

 private:
  bool fill();

  int socket_ = -1;
  std::string buffer_;
};

}  // namespace salam::test
