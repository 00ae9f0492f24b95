#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The stand-ins: programs that play the outside systems on loopback, as strict as their contracts and with faults on demand. They share no
/// code with the gateway, so that a misreading of a contract shows.
namespace salam::stand_ins {

using Milliseconds = std::chrono::milliseconds;
using Fields = std::vector<std::pair<std::string, std::string>>;

/// One HTTP request. The views live as long as the call that handles it.
struct Request {
  std::string_view method;
  std::string path;        ///< Percent-decoded.
  std::string_view query;  ///< As sent, without the question mark.
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view body;

  /// In any case of letters; empty where absent.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  /// The media type without parameters, in lower case.
  [[nodiscard]] std::string media_type() const;
};

struct Response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json; charset=utf-8";
  Fields headers{};
};

enum class Ending {
  reply,
  cut,    ///< Half of the body, then the connection is closed.
  hang,   ///< No answer, the connection stays open.
  reset,  ///< No answer, the connection is reset.
};

/// What happens on the wire.
struct Answer {
  Response response;
  Milliseconds delay{0};
  Ending ending = Ending::reply;
  Milliseconds down_after{0};  ///< Not 0: after the answer nothing listens on the port for so long.
};

}  // namespace salam::stand_ins
