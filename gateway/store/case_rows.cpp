#include "gateway/store/case_rows.h"

#include <optional>
#include <utility>

#include "gateway/json/views.h"

namespace salam::store {
namespace {

std::optional<std::string> day(const std::optional<Date>& date) { return date ? std::optional(to_string(*date)) : std::nullopt; }

void read_review(Query& row, Case& handling) {
  const auto decision = row.get<std::optional<ReviewDecision>>();
  Review review;
  row.into(review.by, review.at);
  if (!decision) return;
  review.decision = *decision;
  handling.review = std::move(review);
}

void read_assignment(Query& row, Case& handling) {
  auto unit = row.get<std::optional<std::string>>();
  const auto due = row.get<std::string>();
  Assignment assignment;
  row.into(assignment.explanation, assignment.note, assignment.by, assignment.at);
  if (!unit) return;
  assignment.unit = *std::move(unit);
  assignment.due = parse_date(due);
  handling.assignment = std::move(assignment);
}

void read_answer(Query& row, Case& handling) {
  const auto channel = row.get<std::optional<AnswerChannel>>();
  Answer answer;
  row.into(answer.text, answer.by, answer.at);
  if (!channel) return;
  answer.channel = *channel;
  handling.answer = std::move(answer);
}

void read_closure(Query& row, Case& handling) {
  const auto reason = row.get<std::optional<CloseReason>>();
  Closure closure;
  row.into(closure.twin, closure.by, closure.at);
  if (!reason) return;
  closure.reason = *reason;
  handling.closure = std::move(closure);
}

Fields fields_from(std::int64_t bits) { return Fields(static_cast<unsigned long long>(bits)); }

/// Of a part that may be absent.
template <class Part, class Member>
std::optional<Member> of(const std::optional<Part>& part, Member Part::*member) {
  return part ? std::optional((*part).*member) : std::nullopt;
}

}  // namespace

void read_case(Query& row, Case& handling) {
  if (!row.get<std::optional<RequestKey>>()) return;
  handling.review_due = row.get<std::optional<Timestamp>>();
  read_review(row, handling);
  read_assignment(row, handling);
  read_answer(row, handling);
  read_closure(row, handling);
  auto& amendment = handling.amendment;
  row.into(amendment.state, amendment.number);
  amendment.fields = fields_from(row.get<std::int64_t>());
  amendment.under_way = fields_from(row.get<std::int64_t>());
  row.into(amendment.intent_at, amendment.attempts, amendment.reason, amendment.attachments, handling.attachments_told);
}

void put_case(Database& database, RequestKey request, const Case& handling) {
  const auto& [review_due, review, assignment, answer, closure, amendment, attachments_told] = handling;
  database
      .query(
          "INSERT OR REPLACE INTO cases(request, review_due, review_decision, reviewed_by, reviewed_at, unit, assigned_due, explanation, "
          "note, assigned_by, assigned_at, answer_channel, answer, answered_by, answered_at, close_reason, twin, closed_by, closed_at, "
          "amendment_state, amendment_number, amendment_fields, amendment_under_way, amendment_intent_at, amendment_attempts, "
          "amendment_reason, amendment_attachments, attachments_told) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
      .bind(request, review_due, of(review, &Review::decision), of(review, &Review::by), of(review, &Review::at))
      .bind(of(assignment, &Assignment::unit), assignment ? day(assignment->due) : std::nullopt, of(assignment, &Assignment::explanation),
            of(assignment, &Assignment::note), of(assignment, &Assignment::by), of(assignment, &Assignment::at))
      .bind(of(answer, &Answer::channel), of(answer, &Answer::text), of(answer, &Answer::by), of(answer, &Answer::at))
      .bind(of(closure, &Closure::reason), of(closure, &Closure::twin), of(closure, &Closure::by), of(closure, &Closure::at))
      .bind(amendment.state, amendment.number, amendment.fields.to_ullong(), amendment.under_way.to_ullong(), amendment.intent_at,
            amendment.attempts, amendment.reason, amendment.attachments, attachments_told)
      .run();
}

void keep_version(Database& database, const Request& before, const Event& changed_by) {
  database.query("INSERT INTO versions(request, version, replaced_at, replaced_by, content) VALUES (?,?,?,?,?)")
      .bind(before.key, before.version, changed_by.at, changed_by.actor.name, json::content_view(before.content))
      .run();
}

}  // namespace salam::store
