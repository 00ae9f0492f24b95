#pragma once

#include <string>
#include <vector>

#include "gateway/pipeline/engine.h"
#include "gateway/ports/upstream.h"

namespace salam::pipeline {

/// Asks the systems what has become of what they hold, many at a time. Lives on the core thread.
class FollowUps {
 public:
  /// All of these outlive it.
  FollowUps(Engine& engine, Upstream& system137, Upstream& service_desk)
      : engine_(engine), system137_(system137), service_desk_(service_desk) {}

  /// Tasks of one system's status lane.
  void ask(Lane lane, const std::vector<Task>& tasks);

 private:
  struct Asked {
    Task task;
    std::string code;
  };
  void came_back(const std::vector<Asked>& asked, const Reply<FollowUpOutcome>& reply);

  Engine& engine_;
  Upstream& system137_;
  Upstream& service_desk_;
};

}  // namespace salam::pipeline
