#pragma once

#include <chrono>
#include <string>

namespace salam::stand_ins::demo {

struct Settings {
  std::string api;            ///< The gateway's base URL.
  std::string operations;     ///< Its operations listener, asked for readiness; empty: not asked.
  std::string key_file;       ///< Holds an API key with the scopes `intake` and `read`.
  std::string data;           ///< A folder with `meeting.json` and `requests.json`.
  std::string stand_ins;      ///< The ready file of `salam-stand-ins serve`: totals are compared with what they saw. Empty: not compared.
  std::size_t in_batch = 10;  ///< So many of the last forms go in one batch.
  std::chrono::milliseconds pace{25};  ///< Between forms, so that one can watch.
  std::chrono::seconds deadline{60};   ///< For everything to be settled.
};

/// Types in a whole meeting and watches it through, on stdout. True where everything is settled and all counts agree. Throws
/// std::runtime_error where it cannot go on.
bool run(const Settings& settings);

}  // namespace salam::stand_ins::demo
