#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/upstream/open311.h"
#include "adapters/upstream/open311_call.h"
#include "adapters/upstream/open311_reply.h"

namespace salam::upstream {

/// The list of requests since a time, page by page.
class Pages {
 public:
  Pages(const Open311Settings& settings, Timestamp since, std::size_t most);

  [[nodiscard]] http_client::Request request(Fields filter) const;

  /// On to the page after one that was not empty; why not all can be read, if so.
  std::optional<std::string> turn(const std::vector<RequestItem>& items);

 private:
  ReplyFormat format_;
  std::string jurisdiction_id_;
  Timestamp since_;
  std::size_t most_;
  std::size_t page_ = 1;
  std::size_t size_;
  std::set<std::string> seen_;
};

}  // namespace salam::upstream
