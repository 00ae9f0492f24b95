#include "gateway/store/rows.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "gateway/store/case_rows.h"

namespace salam::store {
namespace {

// Stored numbers: a new enumerator takes a new number, or a migration moves the rows.
template <class Enum>
constexpr bool stored_as(Enum value, int number) {
  return static_cast<int>(value) == number;
}
static_assert(stored_as(System::system137, 0) && stored_as(System::service_desk, 1));
static_assert(stored_as(Kind::request, 0) && stored_as(Kind::thanks, 4));
static_assert(stored_as(RegistrationState::waiting, 0) && stored_as(RegistrationState::held, 6));
static_assert(stored_as(RegistrationState::registered, 7) && stored_as(RegistrationState::closed, 8));
static_assert(stored_as(ToldBy::sms, 0) && stored_as(ToldBy::slip, 1) && stored_as(ToldBy::person, 2));
static_assert(stored_as(Progress::open, 0) && stored_as(Progress::reopened, 5));
static_assert(stored_as(AttentionReason::overdue, 0) && stored_as(AttentionReason::amend, 10));
static_assert(stored_as(MessageKind::registered, 0) && stored_as(MessageKind::invitation, 4));
static_assert(stored_as(AnswerChannel::phone, 0) && stored_as(AnswerChannel::sms, 2));
static_assert(stored_as(CloseReason::answered, 0) && stored_as(CloseReason::withdrawn, 2));
static_assert(stored_as(ReviewDecision::to_desk, 0) && stored_as(ReviewDecision::twin, 3));
static_assert(stored_as(AmendmentState::none, 0) && stored_as(AmendmentState::held, 4));
static_assert(stored_as(DueStage::ahead, 0) && stored_as(DueStage::missed, 2));
static_assert(stored_as(Field::region, 0) && stored_as(Field::withdrawn, 14) && stored_as(Field::attachments, 15));
static_assert(stored_as(MessageState::queued, 0) && stored_as(MessageState::handed_over, 6));
static_assert(stored_as(Lane::system137, 0) && stored_as(Lane::desk_status, 6));

std::set<AttentionReason> attention_from(std::int64_t bits) {
  std::set<AttentionReason> reasons;
  for (int reason = 0; bits >> reason != 0; ++reason) {
    if ((bits >> reason & 1) != 0) {
      reasons.insert(static_cast<AttentionReason>(reason));
    }
  }
  return reasons;
}

void read_told(Query& row, std::optional<Told>& told) {
  const auto by = row.get<std::optional<ToldBy>>();
  Told read;
  row.into(read.code, read.at, read.person);
  if (by) {
    read.by = *by;
    told = std::move(read);
  }
}

void read_content(Query& row, Content& content) {
  auto& citizen = content.citizen;
  row.into(content.kind, content.category, content.subject, content.description, citizen.name, citizen.mobile_as_written, citizen.mobile,
           citizen.national_id, content.address);
  std::optional<double> latitude;
  std::optional<double> longitude;
  row.into(latitude, longitude);
  if (latitude && longitude) {
    content.coordinates = Coordinates{*latitude, *longitude};
  }
}

template <class T>
T known(std::optional<T> value, const char* what) {
  if (!value) {
    throw DatabaseError(SQLITE_CORRUPT, what);
  }
  return *value;
}

void bind_mutable(Query& query, const Request& request) {
  const auto& registration = request.registration;
  query.bind(request.content.region.number(), request.version, request.sequence, registration.state, registration.system, registration.code,
             registration.token, registration.intent_at, registration.registered_at, registration.attempts, registration.reason,
             request.follow_up.progress, request.follow_up.words, request.follow_up.changed_at, request.due, request.due_stage);
  if (const auto& told = request.told) {
    query.bind(told->by, told->code, told->at, told->person);
  } else {
    query.bind(nullptr, nullptr, nullptr, nullptr);
  }
  query.bind(attention_bits(request.attention));
}

void bind_paper(Query& query, const Request& request) {
  const auto& content = request.content;
  const auto& citizen = content.citizen;
  const auto& route = request.route;
  query.bind(request.citizen_hash, route.system, route.rule, route.digest, route.category, content.kind, content.category, content.subject,
             content.description, citizen.name, citizen.mobile_as_written, citizen.mobile, citizen.national_id, content.address);
  if (const auto& place = content.coordinates) {
    query.bind(place->latitude, place->longitude);
  } else {
    query.bind(nullptr, nullptr);
  }
}

}  // namespace

const std::string select_requests =
    "SELECT r.key, r.id, r.code, r.region, m.id, r.form, r.item, r.received_at, r.version, r.sequence, r.state, r.system, "
    "r.upstream_code, r.token, r.intent_at, r.registered_at, r.attempts, r.reason, r.progress, r.progress_words, r.progress_at, r.due, r.due_stage, "
    "r.told_by, r.told_code, r.told_at, r.told_person, r.attention, m.date, p.received_from, p.traceparent, p.citizen_hash, p.route_system, p.route_rule, p.route_digest, p.route_category, "
    "p.kind, p.category, p.subject, p.description, p.name, p.mobile_as_written, p.mobile, p.national_id, p.address, p.latitude, "
    "p.longitude, (SELECT count(*) FROM attachments a WHERE a.request = r.key), c.request, c.review_due, c.review_decision, c.reviewed_by, c.reviewed_at, c.unit, c.assigned_due, c.explanation, c.note, "
    "c.assigned_by, c.assigned_at, c.answer_channel, c.answer, c.answered_by, c.answered_at, c.close_reason, c.twin, c.closed_by, "
    "c.closed_at, c.amendment_state, c.amendment_number, c.amendment_fields, c.amendment_under_way, c.amendment_intent_at, "
    "c.amendment_attempts, c.amendment_reason, c.amendment_attachments, c.attachments_told FROM requests r CROSS JOIN papers p ON p.request = r.key "
    "CROSS JOIN meetings m ON m.key = r.meeting LEFT JOIN cases c ON c.request = r.key ";

Request read_request(Query& row) {
  const auto key = row.get<RequestKey>();
  const auto id = row.get<Uuid>();
  const auto code = known(TrackingCode::from_number(row.get<std::int64_t>()), "a stored tracking code is none");
  const auto region = known(Region::from_number(row.get<int>()), "a stored region is none");
  Request request{.key = key, .id = id, .code = code, .content = {.region = region}};
  row.into(request.form_item.meeting, request.form_item.form, request.form_item.item, request.received_at, request.version,
           request.sequence);
  auto& registration = request.registration;
  row.into(registration.state, registration.system, registration.code, registration.token, registration.intent_at,
           registration.registered_at, registration.attempts, registration.reason);
  row.into(request.follow_up.progress, request.follow_up.words, request.follow_up.changed_at, request.due, request.due_stage);
  read_told(row, request.told);
  request.attention = attention_from(row.get<std::int64_t>());
  request.meeting_date = known(parse_date(row.get<std::string>()), "a stored date is none");
  row.into(request.received_from, request.traceparent, request.citizen_hash);
  row.into(request.route.system, request.route.rule, request.route.digest, request.route.category);
  read_content(row, request.content);
  row.into(request.attachments);
  read_case(row, request.handling);
  return request;
}

std::optional<Record> load_record(Database& database, RequestKey key) {
  static const std::string sql = select_requests + "WHERE r.key = ?";
  auto row = database.query(sql);
  if (!row.bind(key).next()) {
    return std::nullopt;
  }
  return Record{read_request(row), load_messages(database, key)};
}

const std::string select_messages =
    "SELECT id, kind, code, mobile, text, parts, urgent, state, provider, provider_id, attempts, created_at, sent_at, uncertain_at, sent_twice, reason FROM messages ";

Message read_message(Query& row) {
  Message message;
  row.into(message.id, message.kind, message.code, message.mobile, message.text, message.parts, message.urgent, message.state,
           message.provider, message.provider_id, message.attempts, message.created_at, message.sent_at, message.uncertain_at,
           message.sent_twice, message.reason);
  return message;
}

std::vector<Message> load_messages(Database& database, RequestKey key) {
  static const std::string sql = select_messages + "WHERE request = ? ORDER BY key";
  auto row = database.query(sql);
  row.bind(key);
  std::vector<Message> messages;
  while (row.next()) {
    messages.push_back(read_message(row));
  }
  return messages;
}

void insert_request(Database& database, const Request& request, std::int64_t meeting_key, std::string_view fingerprint,
                    std::string_view original) {
  auto row = database.query(
      "INSERT INTO requests(key, id, code, meeting, form, item, received_at, region, version, sequence, state, system, upstream_code, "
      "token, intent_at, registered_at, attempts, reason, progress, progress_words, progress_at, due, due_stage, told_by, told_code, "
      "told_at, told_person, attention) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  row.bind(request.key, request.id, request.code.number(), meeting_key, request.form_item.form, request.form_item.item,
           request.received_at);
  bind_mutable(row, request);
  row.run();
  auto paper = database.query(
      "INSERT INTO papers(request, fingerprint, received_from, traceparent, original, citizen_hash, route_system, route_rule, "
      "route_digest, route_category, kind, category, subject, description, name, mobile_as_written, mobile, national_id, address, "
      "latitude, longitude) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  paper.bind(request.key, fingerprint, request.received_from, request.traceparent, original);
  bind_paper(paper, request);
  paper.run();
}

bool update_request(Database& database, const Request& request, std::int64_t expected_version) {
  auto row = database.query(
      "UPDATE requests SET region = ?, version = ?, sequence = ?, state = ?, system = ?, upstream_code = ?, token = ?, intent_at = ?, "
      "registered_at = ?, attempts = ?, reason = ?, progress = ?, progress_words = ?, progress_at = ?, due = ?, due_stage = ?, "
      "told_by = ?, told_code = ?, told_at = ?, told_person = ?, attention = ? "
      "WHERE key = ? AND version = ?");
  bind_mutable(row, request);
  row.bind(request.key, expected_version).run();
  return database.changes() == 1;
}

void update_paper(Database& database, const Request& request) {
  auto row = database.query(
      "UPDATE papers SET citizen_hash = ?, route_system = ?, route_rule = ?, route_digest = ?, route_category = ?, kind = ?, "
      "category = ?, subject = ?, description = ?, name = ?, mobile_as_written = ?, mobile = ?, national_id = ?, address = ?, "
      "latitude = ?, longitude = ? WHERE request = ?");
  bind_paper(row, request);
  row.bind(request.key).run();
}

bool same_paper(const Request& one, const Request& other) {
  const auto route = [](const Request& request) {
    const auto& decided = request.route;
    return std::tie(request.citizen_hash, decided.system, decided.rule, decided.digest, decided.category);
  };
  return one.content == other.content && route(one) == route(other);
}

void put_message(Database& database, RequestKey request, const Message& message) {
  database
      .query(
          "INSERT INTO messages(request, id, kind, code, mobile, text, parts, urgent, state, provider, provider_id, attempts, created_at, "
          "sent_at, uncertain_at, sent_twice, reason) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(request, id) DO UPDATE SET "
          "kind = excluded.kind, code = excluded.code, mobile = excluded.mobile, text = excluded.text, parts = excluded.parts, "
          "urgent = excluded.urgent, state = excluded.state, provider = excluded.provider, provider_id = excluded.provider_id, "
          "attempts = excluded.attempts, created_at = excluded.created_at, sent_at = excluded.sent_at, "
          "uncertain_at = excluded.uncertain_at, sent_twice = excluded.sent_twice, reason = excluded.reason")
      .bind(request, message.id, message.kind, message.code, message.mobile, message.text, message.parts, message.urgent, message.state,
            message.provider, message.provider_id, message.attempts, message.created_at, message.sent_at, message.uncertain_at,
            message.sent_twice, message.reason)
      .run();
}

void insert_attachment(Database& database, RequestKey request, const Attachment& attachment) {
  database.query("INSERT INTO attachments(request, digest, media_type, size, name, url, added_at, added_by) VALUES (?,?,?,?,?,?,?,?)")
      .bind(request, attachment.digest, attachment.media_type, attachment.size, attachment.name, attachment.url, attachment.added_at,
            attachment.added_by)
      .run();
}

std::vector<Attachment> load_attachments(Database& database, RequestKey request) {
  auto rows =
      database.query("SELECT digest, media_type, size, name, url, added_at, added_by FROM attachments WHERE request = ? ORDER BY id");
  rows.bind(request);
  std::vector<Attachment> attachments;
  while (rows.next()) {
    auto& one = attachments.emplace_back();
    rows.into(one.digest, one.media_type, one.size, one.name, one.url, one.added_at, one.added_by);
  }
  return attachments;
}

std::int64_t attention_bits(const std::set<AttentionReason>& reasons) {
  std::int64_t bits = 0;
  for (const auto reason : reasons) {
    bits |= std::int64_t{1} << static_cast<int>(reason);
  }
  return bits;
}

void read_slot(std::int64_t slot, Task& task) {
  task.message = std::max<std::int64_t>(slot, 0);
  task.amendment = slot == amendment_slot;
}

}  // namespace salam::store
