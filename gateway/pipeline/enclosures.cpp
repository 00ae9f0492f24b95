#include "gateway/pipeline/enclosures.h"

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
constexpr std::string_view went_along = " files went along";

/// What a system is told where nobody named the file: some take no file without a name.
std::string name_for(const Attachment& file, std::size_t number) {
  const auto kind = std::string_view(file.media_type).substr(file.media_type.find('/') + 1);
  return fmt::format("attachment-{}.{}", number, kind == "jpeg" ? "jpg" : kind);
}

/// Lives on the executor's thread until the last file has come, whoever waits no longer.
class Reading : public std::enable_shared_from_this<Reading> {
 public:
  Reading(const Engine::World& world, RequestKey request, Enclosed enclosed, std::function<void(Enclosed)> handler)
      : world_(world), request_(request), enclosed_(std::move(enclosed)), handler_(std::move(handler)) {}

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
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      if (!contents_[i]) continue;
      auto name = chosen_[i].name.empty() ? Sensitive(name_for(chosen_[i], i + 1)) : chosen_[i].name;
      enclosed_.files.push_back({std::move(name), chosen_[i].media_type, std::exchange(contents_[i], nullptr)});
    }
    enclosed_.note = note(enclosed_.files.size());
    std::exchange(handler_, nullptr)(std::move(enclosed_));
  }

  [[nodiscard]] std::string note(std::size_t going) const {
    auto text = fmt::format("{} of {}{}", going, chosen_.size() + too_big_, went_along);
    const auto unread = chosen_.size() - going;
    if (unread > 0) text += fmt::format(", {} could not be read in time", unread);
    if (too_big_ > 0) text += fmt::format(", {} did not fit into max_file_bytes", too_big_);
    if (unread + too_big_ > 0) spdlog::warn("request {}: {}", request_, text);
    return text;
  }

  Engine::World world_;
  RequestKey request_;
  Enclosed enclosed_;
  std::function<void(Enclosed)> handler_;
  std::vector<Attachment> chosen_;
  std::vector<std::shared_ptr<const std::string>> contents_;
  std::size_t awaited_ = 0;
  std::size_t too_big_ = 0;
};

bool carried_files(const Attempt& attempt) {
  return !attempt.detail.starts_with("0 ") && attempt.detail.find(went_along) != std::string::npos;
}

/// One that came to stand there, or another since, has shown that the files are no hindrance.
bool got_no_answer(store::Store& store, const Request& request, std::string_view action) {
  bool none = false;
  for (const auto& attempt : store.attempts(request.key, attempts_looked_at)) {
    if (attempt.target != to_string(request.registration.system)) continue;
    if (attempt.outcome == "found" || (attempt.outcome == "amended" && carried_files(attempt))) none = false;
    if (attempt.outcome == "uncertain" && attempt.action == action && carried_files(attempt)) none = true;
  }
  return none;
}

std::vector<Attachment> chosen(store::Store& store, const Request& request, const Enclosures::Wanted& wanted) {
  auto attachments = store.attachments(request.key);
  const auto count = static_cast<int>(attachments.size());
  return {attachments.begin() + std::min(wanted.first, count), attachments.begin() + std::min(wanted.last, count)};
}

}  // namespace

std::shared_ptr<const Request> with(const std::shared_ptr<const Request>& request, Enclosed enclosed) {
  if (enclosed.urls.empty() && enclosed.files.empty()) return request;
  auto sent = std::make_shared<Request>(*request);
  sent->media_urls = std::move(enclosed.urls);
  sent->files = std::move(enclosed.files);
  return sent;
}

std::string joined(const std::string& note, const std::string& excerpt) {
  return note.empty() || excerpt.empty() ? note + excerpt : note + "; " + excerpt;
}

std::vector<std::string> Enclosures::urls_of(const std::vector<Attachment>& attachments) const {
  std::vector<std::string> urls;
  for (const auto& attachment : attachments) {
    if (auto url = url_ ? url_(attachment) : std::string(); !url.empty()) urls.push_back(std::move(url));
  }
  return urls;
}

void Enclosures::gather(const Request& request, const Wanted& wanted, std::function<void(Enclosed)> handler) const {
  if (wanted.first >= wanted.last) return handler({});
  Enclosed enclosed;
  std::vector<Attachment> files;
  try {
    files = chosen(world_.store, request, wanted);
    enclosed.urls = urls_of(files);
    std::erase_if(files, [](const Attachment& attachment) { return attachment.is_link(); });
    const bool can_stay = wanted.most_bytes > 0 && !files.empty() && (!wanted.alone || !enclosed.urls.empty());
    if (can_stay && got_no_answer(world_.store, request, wanted.action)) {
      enclosed.note = "without its files, as a call with them got no answer";
      files.clear();
    }
  } catch (const std::exception& failed) {
    spdlog::error("request {} goes without its attachments: {}", request.key, failed.what());
    return handler({.urls = {}, .files = {}, .note = "without its attachments, which the store cannot name"});
  }
  if (wanted.most_bytes == 0 || files.empty()) return handler(std::move(enclosed));
  std::make_shared<Reading>(world_, request.key, std::move(enclosed), std::move(handler))->read(files, wanted.most_bytes);
}

}  // namespace salam::pipeline
