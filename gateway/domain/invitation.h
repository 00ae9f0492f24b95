#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/region.h"
#include "gateway/domain/templates.h"
#include "gateway/domain/time.h"

/// By-law, article 4: within three months the results are shown to the applicants, in the same mosque; so they must be invited.
namespace salam {

inline constexpr std::size_t most_invitation_parts = 3;

/// When and where a meeting's results are shown.
struct Session {
  Date date{std::chrono::year{1970} / 1 / 1};
  std::string time;  ///< `18:30`, or in words, such as `پس از نماز مغرب`; may be empty.
  std::string place;

  friend bool operator==(const Session&, const Session&) = default;
};
/// Its day has passed.
bool is_over(const Session& session, Timestamp now);

/// What a meeting's applicants are invited by, with the placeholders `{mosque}`, `{region}`, `{date}` (weekday and Jalali) and `{time}`.
class InvitationTemplate {
 public:
  /// Error: `template_invalid` for an unknown or unclosed placeholder, or a text without `{date}`.
  static Result<InvitationTemplate> parse(std::string_view text);
  /// The text that ships.
  static InvitationTemplate standard();

  /// As citizens get it, in Persian digits. Errors: `time_missing` where the text names `{time}` and the session has none;
  /// `invitation_too_long` for more than three SMS parts.
  [[nodiscard]] Result<std::string> render(const Region& region, const Session& session) const;

 private:
  PlaceholderText text_;
};

/// As it was drawn up: nothing is sent before a person approves it.
struct Invitation {
  Session session;
  std::string text;  ///< As citizens will get it.
  std::string by;

  friend bool operator==(const Invitation&, const Invitation&) = default;
};

struct InvitationApproval {
  std::string by;
  Timestamp at;
  std::string text;  ///< What was approved: the draft may have changed since.

  friend bool operator==(const InvitationApproval&, const InvitationApproval&) = default;
};

/// Messages, but for the first two.
struct InvitationCounts {
  std::int64_t to_invite = 0;       ///< Distinct numbers of a meeting's requests to which none was written yet; withdrawn ones aside.
  std::int64_t without_number = 0;  ///< Requests whose citizens must be called instead.
  std::int64_t queued = 0;
  std::int64_t sent = 0;
  std::int64_t delivered = 0;
  std::int64_t failed = 0;
  std::int64_t uncertain = 0;

  friend bool operator==(const InvitationCounts&, const InvitationCounts&) = default;
};

/// How a meeting's invitation stands.
struct InvitationRecord {
  std::int64_t version = 0;  ///< Raised whenever the draft says something else.
  Invitation draft;
  std::optional<InvitationApproval> approved;  ///< The last one.
  InvitationCounts counts;
};

/// By which a text can be judged before there is a session.
Session example_session();

}  // namespace salam
