#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <sys/types.h>

namespace salam::bench {

struct WholeWay {
  std::string api;         ///< host:port of the gateway's API.
  std::string operations;  ///< host:port of its operations listener.
  std::string key;
  std::string forms;  ///< The file of forms.
  std::size_t requests = 20'000;
  std::size_t connections = 64;
  std::chrono::seconds patience{120};
  pid_t gateway = 0;
  pid_t stand_ins = 0;
};

/// Posts the requests and waits until each is registered, its citizen told by a delivered text, and every event acknowledged by the event
/// log. Prints the figures. Throws std::runtime_error where that does not come to pass in time.
void measure_whole_way(const WholeWay& settings);

}  // namespace salam::bench
