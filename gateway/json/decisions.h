#pragma once

#include <string>
#include <vector>

#include "gateway/domain/decisions.h"
#include "gateway/json/intake.h"

/// Bodies of what officers and the working group decide, checked against their schema (`schemas/intake/`) and read into the domain, texts
/// normalised. Every error names its place; null reads as absent.
namespace salam::json {

struct AnswerBody {
  lifecycle::GivenAnswer answer;
  lifecycle::Decider decider;  ///< Only `by` and `note`, as in all below.
};
Body<AnswerBody> read_answer(const Value& body);

struct ReviewBody {
  lifecycle::ReviewVerdict verdict;
  lifecycle::Decider decider;
};
Body<ReviewBody> read_review(const Value& body);

struct AssignmentBody {
  lifecycle::Assigning assigning;
  lifecycle::Decider decider;
};
Body<AssignmentBody> read_assignment(const Value& body);

/// One of a meeting's assignments.
struct FormAssignment {
  std::string form;
  int item = 1;
  lifecycle::Assigning assigning;
};
struct MeetingAssignments {
  lifecycle::Decider decider;
  std::vector<FormAssignment> assignments;
};
Body<MeetingAssignments> read_meeting_assignments(const Value& body);

Body<lifecycle::Decider> read_withdrawal(const Value& body);

struct CorrectionBody {
  Content content;  ///< As it is after the patch.
  lifecycle::Decider decider;
};
/// `body`: a JSON merge patch (RFC 7396) of what the request says now.
Body<CorrectionBody> read_correction(const Request& request, const Value& body);

/// What an officer looks for; at least one of the first four.
struct SearchBody {
  std::string mobile;       ///< E.164.
  std::string national_id;  ///< Ten digits.
  std::string name;
  std::string text;
  std::string meeting;
  std::optional<Region> region;
  int page_size = 100;
  std::string page_token;
};
Body<SearchBody> read_search(const Value& body);

}  // namespace salam::json
