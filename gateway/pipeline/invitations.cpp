#include "gateway/pipeline/invitations.h"

#include <utility>

#include <spdlog/spdlog.h>

namespace salam::pipeline {
namespace {

constexpr Milliseconds after_an_error = std::chrono::minutes(1);

}  // namespace

void Invitations::approved() {
  world_.executor.post([this] { write(); });
}

void Invitations::write() {
  write_again_ = writing_;
  if (writing_) return;
  writing_ = true;
  world_.store.write_invitations(
      [this](const Record& record, const std::string& text) {
        return lifecycle::invite(record, text, policy_, {.now = world_.clock.now(), .random_bits = world_.random.bits()});
      },
      [this](Result<store::Invited> invited) {
        world_.executor.post([this, invited = std::move(invited)]() mutable { written(std::move(invited)); });
      });
}

void Invitations::written(Result<store::Invited> invited) {
  writing_ = false;
  if (!invited) {
    spdlog::warn("invitations cannot be written now: {}", invited.error().message);
    return world_.executor.call_after(after_an_error, [this] { write(); });
  }
  if (!invited->tasks.empty()) world_.added(std::move(invited->tasks));
  if (invited->more || write_again_) write();
}

}  // namespace salam::pipeline
