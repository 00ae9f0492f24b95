#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "gateway/api/context.h"
#include "gateway/json/writer.h"

namespace salam::api {

/// `{"results": […]}`, filled in from several threads, each place once; the last one sends it.
class BatchReply {
 public:
  /// `count`: at least 1.
  BatchReply(std::size_t count, http::Reply reply) : results_(count), left_(count), reply_(std::move(reply)) {}

  /// `result`: a JSON object.
  void fill(std::size_t index, std::string result) {
    results_[index] = std::move(result);
    if (left_.fetch_sub(1) != 1) return;
    json::Writer whole;
    whole.begin_object().key("results").begin_array();
    for (const auto& one : results_) whole.raw(one);
    reply_(json_response(200, whole.end_array().end_object().take()));
  }

 private:
  std::vector<std::string> results_;
  std::atomic<std::size_t> left_;
  http::Reply reply_;
};

}  // namespace salam::api
