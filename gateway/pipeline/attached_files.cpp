#include "gateway/pipeline/attached_files.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

namespace salam::pipeline {
namespace {

constexpr int attempts_looked_at = 100;

/// What a system is told where nobody named the file: some take no file without a name.
std::string name_for(const Attachment& file, std::size_t number) {
  const auto kind = std::string_view(file.media_type).substr(file.media_type.find('/') + 1);
  return fmt::format("attachment-{}.{}", number, kind == "jpeg" ? "jpg" : kind);
}

/// Lives on the executor's thread until the last file has come, whoever waits no longer.
class Reading : public std::enable_shared_from_this<Reading> {
 public:
  Reading(const Engine::World& world, RequestKey request, std::function<void(AttachedFiles)> handler)
      : world_(world), request_(request), handler_(std::move(handler)) {}

  void read(const std::vector<Attachment>& files, std::size_t most_bytes) {
    for (const auto& file : files) {
      if (file.size > most_bytes) {
        ++too_big_;
        continue;
      }
      most_bytes -= file.size;
      chosen_.push_back(file);
    }
    contents_.resize(chosen_.size());
    awaited_ = chosen_.size();
    if (awaited_ == 0) return world_.executor.post([self = shared_from_this()] { self->finish(); });
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      world_.store.read_file(chosen_[i], [self = shared_from_this(), i](std::optional<std::string> content) {
        self->world_.executor.post([self, i, content = std::move(content)]() mutable { self->came(i, std::move(content)); });
      });
    }
    world_.executor.call_after(files_deadline, [self = shared_from_this()] { self->finish(); });
  }

 private:
  void came(std::size_t i, std::optional<std::string> content) {
    if (content) contents_[i] = std::make_shared<const std::string>(*std::move(content));
    if (--awaited_ == 0) finish();
  }

  void finish() {
    if (!handler_) return;
    AttachedFiles attached;
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      if (!contents_[i]) continue;
      auto name = chosen_[i].name.empty() ? Sensitive(name_for(chosen_[i], i + 1)) : chosen_[i].name;
      attached.files.push_back({std::move(name), chosen_[i].media_type, std::exchange(contents_[i], nullptr)});
    }
    attached.note = note(attached.files.size());
    std::exchange(handler_, nullptr)(std::move(attached));
  }

  [[nodiscard]] std::string note(std::size_t going) const {
    auto text = fmt::format("{} of {} files went along", going, chosen_.size() + too_big_);
    const auto unread = chosen_.size() - going;
    if (unread > 0) text += fmt::format(", {} could not be read in time", unread);
    if (too_big_ > 0) text += fmt::format(", {} did not fit into max_file_bytes", too_big_);
    if (unread + too_big_ > 0) spdlog::warn("request {}: {}", request_, text);
    return text;
  }

  Engine::World world_;
  RequestKey request_;
  std::function<void(AttachedFiles)> handler_;
  std::vector<Attachment> chosen_;
  std::vector<std::shared_ptr<const std::string>> contents_;
  std::size_t awaited_ = 0;
  std::size_t too_big_ = 0;
};

std::vector<Attachment> files_of(store::Store& store, RequestKey request) {
  auto attachments = store.attachments(request);
  std::erase_if(attachments, [](const Attachment& attachment) { return attachment.is_link(); });
  return attachments;
}

bool got_no_answer(store::Store& store, const Request& request) {
  return std::ranges::any_of(store.attempts(request.key, attempts_looked_at), [&](const Attempt& attempt) {
    return attempt.action == "register" && attempt.outcome == "uncertain" && attempt.target == to_string(request.registration.system);
  });
}

/// Nothing where they stay out, which the note explains.
std::vector<Attachment> files_to_send(store::Store& store, const Request& request, std::string& note) {
  try {
    auto files = files_of(store, request.key);
    if (files.empty() || !got_no_answer(store, request)) return files;
    note = "without its files, as a call with them got no answer";
  } catch (const std::exception& failed) {
    spdlog::error("request {} is registered without its files: {}", request.key, failed.what());
    note = "without its files, which the store cannot name";
  }
  return {};
}

}  // namespace

void read_attached_files(const Engine::World& world, const Request& request, std::size_t most_bytes,
                         std::function<void(AttachedFiles)> handler) {
  AttachedFiles none;
  const auto files = files_to_send(world.store, request, none.note);
  if (!files.empty()) return std::make_shared<Reading>(world, request.key, std::move(handler))->read(files, most_bytes);
  world.executor.post([handler = std::move(handler), none = std::move(none)] { handler(none); });
}

}  // namespace salam::pipeline
