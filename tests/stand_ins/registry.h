#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/stand_ins/ledger_file.h"
#include "tests/stand_ins/message.h"
#include "tests/stand_ins/multipart.h"
#include "tests/stand_ins/text.h"

namespace salam::stand_ins {

/// One registration in 137 or the desk.
struct Registration {
  std::string code;         ///< The system's own.
  std::string external_id;  ///< The gateway's tracking code; empty where none came or it was lost.
  std::string category;
  std::string token;  ///< Empty unless one was given instead of the code.
  Time at{};
  Time visible_at{};  ///< For lookups and tokens.
  bool stays_open = false;
  Fields fields;  ///< As they came, without the key.
  std::vector<UploadedFile> files{};
};

/// What was added to a registration later.
struct Amendment {
  std::string id;          ///< The gateway's own, or the system's where that was lost.
  std::string sent_as;     ///< The gateway's own.
  std::string code;        ///< Of the registration.
  std::int64_t times = 1;  ///< How often it came; it is kept once.
  Time at{};
  Time visible_at{};  ///< For lookups.
  Fields fields;      ///< As they came, without the key.
  std::vector<UploadedFile> files{};
};

/// All registrations of one system, in their order, and what was added to them.
class Registry {
 public:
  /// Codes are `prefix` and a rising number. Without `detail` the fields are not kept.
  Registry(std::string system, std::string prefix, std::int64_t first_number, bool detail, LedgerFile& file);

  const Registration& add(Registration registration);
  /// Null where there is none.
  [[nodiscard]] const Registration* by_code(std::string_view code) const;
  [[nodiscard]] const Registration* by_token(std::string_view token) const;
  [[nodiscard]] std::vector<const Registration*> by_external_id(std::string_view external_id) const;
  /// In the order in which they came.
  [[nodiscard]] const std::deque<Registration>& all() const { return registrations_; }

  /// False: the same was known already, and is counted once more.
  bool amend(Amendment amendment);
  /// In the order in which they came.
  [[nodiscard]] const std::deque<Amendment>& amendments() const { return amendments_; }

  void clear();
  /// `{"count", "distinct_external_ids", "duplicates": […], "registrations": […], "amendments": […]}`; the last two not in a summary.
  [[nodiscard]] std::string to_json(bool summary) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <class Value>
  using Index = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

  std::string system_;
  std::string prefix_;
  std::int64_t next_number_;
  bool detail_;
  LedgerFile& file_;
  std::deque<Registration> registrations_;
  std::deque<Amendment> amendments_;
  Index<std::size_t> codes_;
  Index<std::size_t> tokens_;
  Index<std::vector<std::size_t>> external_ids_;
};

}  // namespace salam::stand_ins
