#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/http_client/client.h"
#include "adapters/upstream/answer.h"
#include "gateway/ports/upstream.h"

namespace salam::upstream {

/// One search for a request, page by page: send `request()`, feed what came back; as long as nothing is decided, ask again.
class Lookup {
 public:
  virtual ~Lookup() = default;
  [[nodiscard]] virtual http_client::Request request() const = 0;
  /// Nothing: there is a next page.
  virtual std::optional<Answer<LookupOutcome>> feed(const http_client::Response& response) = 0;
};

/// A registration that the system holds and that carries a tracking code of this gateway's form.
struct Held {
  TrackingCode tracking_code;
  std::string code;  ///< The system's own; may be empty.
};

/// All that the system holds since a time, page by page, in the manner of `Lookup`.
class Listing {
 public:
  virtual ~Listing() = default;
  [[nodiscard]] virtual http_client::Request request() const = 0;
  /// Adds what the page holds. True: there is a next page. Errors: `list_unreadable`, also where the list may be cut.
  virtual Result<bool> feed(const http_client::Response& response, std::vector<Held>& held) = 0;
};

/// What is said over HTTP and what the answers mean, without a socket, a thread or a clock.
class Protocol {
 public:
  virtual ~Protocol() = default;
  /// Why this request cannot be put into the system's words; empty where it can. Only then are the calls below made for it.
  [[nodiscard]] virtual std::string objection(const Request&) const { return {}; }
  /// Whether `submit_request` sends the request's files.
  [[nodiscard]] virtual bool takes_files() const { return false; }
  [[nodiscard]] virtual http_client::Request submit_request(const Request& request) const = 0;
  [[nodiscard]] virtual Answer<SubmitOutcome> submit_answer(const Request& request, const http_client::Response& response) const = 0;

  [[nodiscard]] virtual bool has_lookup() const = 0;
  /// Only with `has_lookup`.
  [[nodiscard]] virtual std::unique_ptr<Lookup> look_up(const Request& request) const = 0;

  /// Null where the system has no list.
  [[nodiscard]] virtual std::unique_ptr<Listing> list(Timestamp) const { return nullptr; }

  [[nodiscard]] virtual bool has_tokens() const = 0;
  /// Both only with `has_tokens`.
  [[nodiscard]] virtual http_client::Request poll_request(std::string_view token) const = 0;
  [[nodiscard]] virtual Answer<PollOutcome> poll_answer(std::string_view token, const http_client::Response& response) const = 0;

  /// Whether the system can be told of what changed; the next two say what the port's traits of that name say.
  [[nodiscard]] virtual bool amends() const { return false; }
  [[nodiscard]] virtual bool amendment_sets_values() const { return false; }
  [[nodiscard]] virtual bool has_amendment_lookup() const { return false; }
  /// Whether an amendment has a place for attachments, and whether `amend_request` sends the request's files.
  [[nodiscard]] virtual bool amendment_takes_media() const { return false; }
  [[nodiscard]] virtual bool amendment_takes_files() const { return false; }
  /// As `objection`, for an amendment; the calls below are made only where `amends`.
  [[nodiscard]] virtual std::string amendment_objection(const Request&) const { return {}; }
  [[nodiscard]] virtual http_client::Request amend_request(const Request& /*request*/) const { return {}; }
  [[nodiscard]] virtual Answer<AmendOutcome> amend_answer(const Request& /*request*/, const http_client::Response& /*response*/) const {
    return {outcome::Unclear{}, ""};
  }
  /// Only with `has_amendment_lookup`. `Found` has no code.
  [[nodiscard]] virtual std::unique_ptr<Lookup> look_up_amendment(const Request& /*request*/, Timestamp /*now*/) const { return nullptr; }

  /// How many registrations one call can ask after; 0: what becomes of them cannot be asked.
  [[nodiscard]] virtual std::size_t follow_up_batch() const { return 0; }
  /// Both only with `follow_up_batch`, for at most so many codes of the system's own.
  [[nodiscard]] virtual http_client::Request follow_up_request(std::span<const std::string> /*codes*/, Timestamp /*now*/) const {
    return {};
  }
  [[nodiscard]] virtual Answer<FollowUpOutcome> follow_up_answer(std::span<const std::string> /*codes*/,
                                                                 const http_client::Response& /*response*/) const {
    return {outcome::Unclear{}, ""};
  }
  /// What the system tells of its own accord, as the body of a callback. Errors: `callback_unreadable` with what was expected.
  [[nodiscard]] virtual Result<std::vector<ProgressReport>> read_callback(std::string_view /*body*/) const {
    return Error{"callback_unreadable", "this system's driver knows no callbacks"};
  }
};

}  // namespace salam::upstream
