#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/sensitive.h"
#include "gateway/domain/time.h"

/// What people decide of one request after the evening of the meeting (by-law, articles 3 and 4), and whether its system was told of it.
namespace salam {

/// What the working group decided (ارجاع، تعیین مسئول).
struct Assignment {
  std::string unit;                    ///< Who must act, from the city's list where there is one.
  std::optional<Date> due;             ///< Until the end of that day; unset: until the results are shown.
  Sensitive<std::string> explanation;  ///< What the request comes to (تشریح).
  std::string note;                    ///< For officers alone.
  std::string by;
  Timestamp at;

  friend bool operator==(const Assignment&, const Assignment&) = default;
};

enum class AnswerChannel { phone, in_person, sms };
std::string_view to_string(AnswerChannel channel);
std::optional<AnswerChannel> parse_answer_channel(std::string_view text);

/// That a person answered the citizen (پاسخ).
struct Answer {
  AnswerChannel channel = AnswerChannel::phone;
  Sensitive<std::string> text;
  std::string by;
  Timestamp at;

  friend bool operator==(const Answer&, const Answer&) = default;
};

enum class CloseReason {
  answered,   ///< In review, directly: it was registered nowhere.
  twin,       ///< Another request asks the same.
  withdrawn,  ///< By the citizen.
};
std::string_view to_string(CloseReason reason);

/// That a named person ended it. Where it is registered by then, its system is told.
struct Closure {
  CloseReason reason = CloseReason::answered;
  std::string twin;  ///< The other request's id.
  std::string by;
  Timestamp at;

  friend bool operator==(const Closure&, const Closure&) = default;
};

enum class ReviewDecision { to_desk, to_137, answered, twin };
std::string_view to_string(ReviewDecision decision);
std::optional<ReviewDecision> parse_review_decision(std::string_view text);

/// What the special follow-up officer decided last.
struct Review {
  ReviewDecision decision = ReviewDecision::to_desk;
  std::string by;
  Timestamp at;

  friend bool operator==(const Review&, const Review&) = default;
};

/// What of a request people may change later, and its system is then told of.
enum class Field {
  region,
  kind,
  category,
  subject,
  description,
  name,
  mobile,
  national_id,
  address,
  coordinates,
  unit,
  due,
  explanation,
  answer,
  withdrawn,
  attachments,  ///< New ones.
};
inline constexpr std::size_t field_count = 16;
std::string_view to_string(Field field);
/// `دسته`.
std::string_view name_for_people(Field field);
using Fields = std::bitset<field_count>;
inline constexpr unsigned long long bit(Field field) { return 1ULL << static_cast<unsigned>(field); }
/// What no registration carries, only an amendment.
inline constexpr Fields not_content{bit(Field::unit) | bit(Field::due) | bit(Field::explanation) | bit(Field::answer) |
                                    bit(Field::withdrawn)};

enum class AmendmentState {
  none,       ///< Its system knows all.
  waiting,    ///< Will be sent when its task is due; before the registration, once that is made.
  calling,    ///< The intent is committed; a call may be under way, or was when the process died.
  uncertain,  ///< May have been made.
  held,       ///< A person must tell the system.
};
std::string_view to_string(AmendmentState state);

/// What the system that holds a request does not know yet. Each one sent has a number of its own and carries the request as it stands, so
/// that they can come in no wrong order; changes made while one waits go with it, attachments in one of their own after it.
struct Amendment {
  AmendmentState state = AmendmentState::none;
  int number = 0;                      ///< Of the one that waits or is under way, or was made last; from 1.
  Fields fields;                       ///< Changed, and not yet sent.
  Fields under_way;                    ///< What the call under this number carries, or carried where it is to be made again.
  int attachments = 0;                 ///< With attachments under way: up to which of them, as `Case::attachments_told`.
  std::optional<Timestamp> intent_at;  ///< Of the last call, as long as that may still act; once uncertain, when it had surely gone out.
  int attempts = 0;                    ///< Calls in a row that did not settle it.
  std::string reason;                  ///< Why it waits or is held, for officers.

  friend bool operator==(const Amendment&, const Amendment&) = default;
};

struct Case {
  std::optional<Timestamp> review_due;  ///< While it is in review.
  std::optional<Review> review;
  std::optional<Assignment> assignment;
  std::optional<Answer> answer;
  std::optional<Closure> closure;
  Amendment amendment;
  /// So many of its attachments, in the order in which they came, went with the call that registered it and with amendments since, or were
  /// left out of them.
  int attachments_told = 0;

  friend bool operator==(const Case&, const Case&) = default;
};

/// How far the time to answer has run, as was announced.
enum class DueStage { ahead, approaching, missed };
std::string_view to_string(DueStage stage);

}  // namespace salam
