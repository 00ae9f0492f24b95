#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace salam::test {

struct ReadRecord {
  std::string key;
  std::string value;
  std::map<std::string, std::string> headers;
  std::int32_t partition = 0;
};

/// All that a consumer which reads committed sees in the topic now, in each partition's order. Throws std::runtime_error where the topic
/// cannot be read.
std::vector<ReadRecord> read_committed(const std::string& brokers, const std::string& topic);

}  // namespace salam::test
