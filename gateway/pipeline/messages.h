#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/pipeline/engine.h"
#include "gateway/pipeline/line_choice.h"
#include "gateway/ports/sms_provider.h"

namespace salam::pipeline {

/// An SMS provider under its name in the configuration.
struct SmsLine {
  std::string name;
  SmsProvider& provider;
};

struct SmsLineStatus {
  std::string name;
  bool in_trouble = false;
  std::string last_error;
  std::optional<Timestamp> last_error_at;
};

/// Sends text messages and follows them until they arrived. Lives on the core thread.
class Messages {
 public:
  /// `lines`: in the order in which they are tried; at least one. All of these outlive it.
  Messages(Engine& engine, std::vector<SmsLine> lines, const LaneSettings& lane);

  void send(const Task& task);
  void ask_status(const std::vector<Task>& tasks);
  [[nodiscard]] std::vector<SmsLineStatus> status() const;

 private:
  struct Asked {
    Task task;
    std::string provider_id;
  };
  using Statuses = std::unordered_map<std::string_view, const DeliveryStatus*>;

  /// The line that sends or sent it; nothing where the configuration no longer has it. One without a name is the first line's.
  [[nodiscard]] std::optional<std::size_t> line_of(const Message& message) const;
  /// Where one line never sends twice under one id, the message's id, committed with the message, is intent enough.
  [[nodiscard]] bool needs_intent() const { return lines_.size() > 1 || !lines_.front().provider.traits().deduplicates; }

  void start(const Task& task, const Message& message);
  void call(const Task& task, const Message& message, std::size_t line);
  /// Finds out what became of a send, or gives up finding out.
  void resolve(const Task& task, const Message& message);
  void look_up(const Task& task, const Message& message, std::size_t line);
  void ask_status(std::size_t line, std::vector<Asked> asked);
  Verdict judge(const Asked& asked, const Statuses& statuses);

  Verdict judge(const Task& task, std::size_t line, Timestamp at, Reply<SendOutcome> reply);
  Verdict judge(const Task& task, std::size_t line, Timestamp at, Reply<SmsLookupOutcome> reply);
  /// Where another line can send, this one's trouble is not the lane's.
  Verdict troubled(const Task& task, std::size_t line, const lifecycle::Moment& when, const std::string& why,
                   std::optional<Milliseconds> after, Health health);
  /// The line has it, as its answer to a send or to a lookup says.
  [[nodiscard]] Verdict sent(const Task& task, std::size_t line, const lifecycle::Moment& when, const std::string& provider_id) const;
  void came_back(std::size_t line, Health health, const std::string& error);

  Engine& engine_;
  std::vector<SmsLine> lines_;
  LineChoice choice_;
  std::vector<SmsLineStatus> statuses_;
};

}  // namespace salam::pipeline
