#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/meeting.h"

namespace salam::store {

/// Meetings as they are committed: every form names one, and they hardly ever change. Thread-safe.
class MeetingCache {
 public:
  /// From here, or by `read`, whose answer is kept unless a meeting was forgotten meanwhile.
  template <class Read>
  std::optional<Meeting> find(std::string_view id, Read read) {
    std::uint64_t before = 0;
    {
      const std::lock_guard lock(mutex_);
      const auto known = meetings_.find(id);
      if (known != meetings_.end()) {
        return known->second;
      }
      before = forgotten_;
    }
    std::optional<Meeting> meeting = read();
    const std::lock_guard lock(mutex_);
    if (meeting && before == forgotten_) {
      meetings_.insert_or_assign(meeting->id, *meeting);
    }
    return meeting;
  }

  /// After the commit of a change to it, before anybody is told of that.
  void forget(const std::string& id) {
    const std::lock_guard lock(mutex_);
    meetings_.erase(id);
    ++forgotten_;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Meeting, std::less<>> meetings_;
  std::uint64_t forgotten_ = 0;
};

}  // namespace salam::store
