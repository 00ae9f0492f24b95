#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/kafka/topic_reader.h"
#include "gateway/domain/lifecycle.h"
#include "gateway/store/restore.h"

namespace salam::app {

/// What the topic's events tell of the time after a backup was taken.
class AfterBackup {
 public:
  using Registered = lifecycle::SinceBackup::Registered;
  /// A request that came after the backup, as its last event shows it.
  struct Lost {
    std::string tracking_code;
    FormItem form_item;
    std::string state;
    std::optional<Registered> registered;
  };

  /// `store`: the backup. `source`: what the `ce_source` of this installation's events begins with.
  AfterBackup(store::Restoration& store, std::string source) : store_(store), source_(std::move(source)) {}

  void add(const kafka::PublishedEvent& event);

  /// By id.
  [[nodiscard]] const std::map<Uuid, Lost>& lost() const { return lost_; }
  [[nodiscard]] bool lost(TrackingCode code) const;
  /// Where a request of the backup was registered since.
  [[nodiscard]] std::optional<Registered> registered(const Uuid& id) const;
  [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; }

 private:
  store::Restoration& store_;
  std::string source_;
  std::map<Uuid, Lost> lost_;
  std::map<Uuid, Registered> registered_;
  std::uint64_t unreadable_ = 0;
};

}  // namespace salam::app
