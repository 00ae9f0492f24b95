#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/pipeline/engine.h"

namespace salam::pipeline {

/// What of a request's attachments goes along with a call.
struct Enclosed {
  std::vector<std::string> urls;  ///< Where they can be fetched, in the order in which they came.
  std::vector<MediaFile> files;   ///< In that order too; links are no files.
  std::string note;               ///< For operators: how many files go along, and why others do not. Empty where there are none.
};

/// The request as it is sent.
std::shared_ptr<const Request> with(const std::shared_ptr<const Request>& request, Enclosed enclosed);
/// Both for operators; either may be empty.
std::string joined(const std::string& note, const std::string& excerpt);

/// How long a call waits for its files to be read.
inline constexpr Milliseconds files_deadline{5'000};

class Enclosures {
 public:
  /// Where an attachment can be fetched, as a system is to be told; empty: nowhere.
  using Url = std::function<std::string(const Attachment&)>;

  /// Those from the first to before the last one, counted from 0.
  struct Wanted {
    std::string_view action;  ///< Of the attempts that such a call leaves behind: `register`, `amend`.
    int first = 0;
    int last = 0;
    std::size_t most_bytes = 0;  ///< Of all files; 0: the call carries none.
    bool alone = false;          ///< The call is made for their sake, and nothing else depends on it.
  };

  /// The world outlives it. `url` may be empty, and where it throws, as where the store does, nothing goes along.
  Enclosures(const Engine::World& world, Url url) : world_(world), url_(std::move(url)) {}

  /// Reads the files where the store does. Calls back on the executor's thread, exactly once, within `files_deadline`: at once where there
  /// is nothing to read. What is missing, comes too late or does not fit into `most_bytes` beside those before it is left out, and so are
  /// all where an earlier call of this kind got no answer that could be relied on: its files may be why. Alone they are sent again all the
  /// same, unless an address goes in their place.
  void gather(const Request& request, const Wanted& wanted, std::function<void(Enclosed)> handler) const;

 private:
  [[nodiscard]] std::vector<std::string> urls_of(const std::vector<Attachment>& attachments) const;

  const Engine::World& world_;
  Url url_;
};

}  // namespace salam::pipeline
