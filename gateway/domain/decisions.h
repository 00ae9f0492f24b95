#pragma once

#include <optional>
#include <string>

#include "gateway/domain/lifecycle.h"

/// What officers and the working group decide of a request after the meeting. Where two decide at the same moment, one wins; the other's
/// error says what became of it, and `handling` of the stored record by whom.
namespace salam::lifecycle {

/// Who decides, and of which version of the request where they say so. Error of all below: `version_mismatch`.
struct Decider {
  std::string by;
  std::string key;  ///< The name of the API key it came with.
  std::string note;
  std::optional<std::int64_t> version;
};

struct GivenAnswer {
  AnswerChannel channel = AnswerChannel::phone;
  Sensitive<std::string> text;
};
/// The citizen was answered, or is by this text. Errors: `already_answered`, `already_closed`, `no_mobile` (a text needs one).
Result<Change> answer(const Record& record, const GivenAnswer& given, const Decider& decider, const Policy& policy, const Moment& moment);

/// The special follow-up officer's decision.
struct ReviewVerdict {
  ReviewDecision decision = ReviewDecision::to_desk;
  std::string category;  ///< For `to_137`: under which that can take it; empty: as it stands.
  GivenAnswer answer;    ///< For `answered`.
  std::string twin;      ///< For `twin`: the other request's id.
};
/// Errors: `not_in_review`, and for `answered` those of an answer.
Result<Change> review(const Record& record, const ReviewVerdict& verdict, const Decider& decider, const Policy& policy,
                      const Moment& moment);

/// Which of the content's members differ.
Fields changed_fields(const Content& one, const Content& other);

/// What the form says after all.
struct Correction {
  Content content;
  std::string citizen_hash;
  /// Decides anew where it goes, as long as no system was called for it. Lives as long as the call.
  const RuleSet* rules = nullptr;
};
/// What it says in between stays stored. A corrected mobile number gets a code at once. Errors: `unchanged`, `already_closed`.
Result<Change> correct(const Record& record, const Correction& correction, const Decider& decider, const Policy& policy,
                       const Moment& moment);

/// The working group's decision; `by` and `at` are filled in.
struct Assigning {
  Assignment assignment;
  std::string category;  ///< Empty: it stays.
};
/// Errors: `unchanged`, `already_closed`, `due_before_meeting`.
Result<Change> assign(const Record& record, const Assigning& assigning, const Decider& decider, const Policy& policy, const Moment& moment);

/// The citizen takes it back. Where it is registered its system is told. Errors: `already_closed`; `registration_under_way` while it may be
/// registered at this moment.
Result<Change> withdraw(const Record& record, const Decider& decider, const Policy& policy, const Moment& moment);

}  // namespace salam::lifecycle
