#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace salam::stand_ins::demo {

/// Reads a whole topic from its beginning as a consumer that reads committed, without a group.
class TopicReader {
 public:
  struct Count {
    std::int64_t events = 0;
    std::int64_t last_sequence = 0;
    bool in_order = true;  ///< Each `ce_sequence` is the former and one.
  };

  /// Throws std::runtime_error where the topic cannot be read.
  TopicReader(const std::string& brokers, const std::string& topic);
  ~TopicReader();
  TopicReader(const TopicReader&) = delete;
  TopicReader& operator=(const TopicReader&) = delete;

  /// Reads on for so long, or until nothing comes any more.
  void read(std::chrono::milliseconds patience);
  /// By the record's key.
  [[nodiscard]] const std::map<std::string, Count>& counts() const { return counts_; }

 private:
  struct Handles;
  std::unique_ptr<Handles> handles_;
  std::map<std::string, Count> counts_;
};

}  // namespace salam::stand_ins::demo
