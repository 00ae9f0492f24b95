#include "gateway/store/writer.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <typeinfo>
#include <utility>

#include <spdlog/spdlog.h>

#include "gateway/json/meeting_views.h"
#include "gateway/store/case_rows.h"
#include "gateway/store/change_writer.h"
#include "gateway/store/form_rows.h"
#include "gateway/store/invitation_rows.h"
#include "gateway/store/rows.h"
#include "gateway/store/schema.h"

namespace salam::store {
namespace {

const Error storage_full{"storage_full", "the database's disk is full: free some space; nothing of this was stored"};
const Error not_found{"not_found", "there is no such request"};
const Error meeting_not_found{"meeting_not_found", "no meeting has this id"};
Error too_many_attachments(std::size_t most) {
  return {"too_many_attachments", "the request has " + std::to_string(most) + " attachments, as many as it may have"};
}
const Error answer_kept{"answer_kept", "an answer is kept under this Idempotency-Key"};

/// So many messages one transaction writes: intake waits for it.
constexpr int invited_at_once = 50;

/// Runs what others wrote (a transition, a first change) before anything is written for it, so that its exception harms nobody else.
template <class Function>
auto guarded(std::string_view what, std::int64_t key, Function function) -> Result<std::invoke_result_t<Function>> {
  try {
    return function();
  } catch (const DatabaseError&) {
    throw;
  } catch (const std::exception& defect) {
    spdlog::error("the change of {} {} threw {}", what, key, typeid(defect).name());
    return Error{"internal", "a defect of the gateway prevents this change"};
  }
}
template <class Function>
auto guarded(RequestKey key, Function function) {
  return guarded("request", key, std::move(function));
}

/// Why the draft, as it was read, may not be approved now.
std::optional<Error> refusal(const InvitationRecord& invitation, std::int64_t version, Timestamp now) {
  if (version != invitation.version) {
    return Error{"version_mismatch", "the draft has changed since it was read"};
  }
  if (is_over(invitation.draft.session, now)) {
    return Error{"invitation_date_past", "the session's day has passed"};
  }
  if (invitation.counts.to_invite == 0) {
    return Error{"nobody_to_invite", "every number of the meeting's requests was invited"};
  }
  return std::nullopt;
}

}  // namespace

void die(const DatabaseError& error) {
  spdlog::critical("the database cannot be written ({}: {}): the gateway ends here, its next start recovers what was committed",
                   error.code(), error.what());
  spdlog::default_logger()->flush();
  std::abort();
}

Writer::Writer(Database& database, const Settings& settings, Clock& clock, Random& random)
    : database_(database),
      settings_(settings),
      clock_(clock),
      random_(random),
      keyed_hash_(meta<std::string>(database, "secret").value_or("")) {
  next_.request = database_.number("SELECT max(key) FROM requests") + 1;
  next_.task = database_.number("SELECT max(id) FROM tasks") + 1;
  committed_ = next_;
}

bool Writer::apply(std::vector<Operation>& batch, std::optional<std::int64_t> published, const More& more) {
  published_ = std::max(published_, published);
  try {
    write(batch, more);
  } catch (const DatabaseError& error) {
    if (!error.full()) {
      die(error);
    }
    spdlog::error("the database's disk is full: {} writes refused", batch.size());
    forget_uncommitted();
    for (auto& operation : batch) {
      refuse(operation, storage_full);
    }
  }
  return std::exchange(wrote_events_, false);
}

void Writer::write(std::vector<Operation>& batch, const More& more) {
  Transaction transaction(database_);
  std::size_t done = 0;
  do {
    for (; done < batch.size(); ++done) {
      std::visit([this](auto& one) { perform(one); }, batch[done]);
    }
  } while (more && more(batch));
  if (published_) {
    database_.query("UPDATE meta SET value = max(value, ?) WHERE name = 'published'").bind(*published_).run();
  }
  tallies_.write(database_);
  transaction.commit();
  committed_ = next_;
  published_.reset();
}

void Writer::forget_uncommitted() {
  tallies_.clear();
  meetings_.clear();
  next_ = committed_;
  wrote_events_ = false;
}

void Writer::perform(AcceptOperation& operation) { operation.outcome = accept(operation.intake); }

void Writer::perform(UpdateOperation& operation) {
  operation.outcome = operation.identity ? update_once(operation) : update(operation.key, operation.transition);
}

void Writer::perform(MeetingOperation& operation) { operation.outcome = put(operation.meeting); }

void Writer::perform(DeadlineRulesOperation& operation) {
  deadline_rules_ = operation.rules;
  recount_deadlines(database_, deadline_rules_, clock_.now());
}

void Writer::perform(StepOperation& operation) {
  auto outcome = write_step(database_, operation.done, meeting_events());
  wrote_events_ |= outcome.ok() && outcome->how == StepOutcome::How::first;
  operation.outcome = std::move(outcome);
}

void Writer::perform(AnnounceOperation& operation) {
  auto announced = write_announcements(database_, deadline_rules_, meeting_events());
  wrote_events_ |= !announced.deadlines.empty();
  operation.outcome = std::move(announced);
}

void Writer::perform(InvitationOperation& operation) { operation.outcome = put(operation.meeting, operation.invitation); }

void Writer::perform(ApproveOperation& operation) { operation.outcome = approve(operation); }

void Writer::perform(InviteOperation& operation) { operation.outcome = invite(operation.invite); }

void Writer::perform(FormsOperation& operation) { operation.outcome = print(operation.forms); }

void Writer::perform(AttemptOperation& operation) { write_attempt(database_, operation.key, operation.attempt); }

void Writer::perform(AttachOperation& operation) { operation.outcome = attach(operation.attachment); }

AcceptOutcome Writer::accept(Intake& intake) {
  const auto* meeting = find_meeting(intake.form_item.meeting);
  if (meeting == nullptr) {
    return Error{"unknown_meeting", "no meeting has this id: put it with PUT /v1/meetings/{id} first"};
  }
  if (auto outcome = known(intake, meeting->key)) {
    return std::move(*outcome);
  }
  Request drawn = draw(intake, *meeting);
  const auto received_at = drawn.received_at;
  auto prepared =
      guarded(next_.request, [&] { return prepare(intake.first_change(std::move(drawn)), {}, settings_.personal_data_in_events); });
  if (!prepared) {
    return std::move(prepared).error();
  }
  auto& [change, event_data] = *prepared;
  ++next_.request;
  insert_request(database_, change.after, meeting->key, intake.fingerprint, intake.original);
  if (change.after.handling != Case{}) {
    put_case(database_, change.after.key, change.after.handling);
  }
  auto tasks = write_parts(database_, change, event_data, next_.task, received_at);
  tallies_.add(change.after);
  wrote_events_ |= !change.events.empty();
  return Accepted{{std::move(change.after), std::move(change.messages)}, std::move(tasks)};
}

std::optional<AcceptOutcome> Writer::known(const Intake& intake, std::int64_t meeting) {
  RequestKey key = 0;
  {
    auto row = database_.query("SELECT key FROM requests WHERE form = ? AND meeting = ? AND item = ?");
    if (!row.bind(intake.form_item.form, meeting, intake.form_item.item).next()) {
      return std::nullopt;
    }
    key = row.get<RequestKey>();
  }
  auto record = load_record(database_, key).value();
  auto paper = database_.query("SELECT fingerprint, original FROM papers WHERE request = ?");
  paper.bind(key).next();
  if (paper.get<std::string>() == intake.fingerprint) {
    return Replayed{std::move(record)};
  }
  return Conflict{std::move(record), paper.get<std::string>()};
}

Request Writer::draw(Intake& intake, const Meeting& meeting) {
  const Timestamp now = clock_.now();
  const auto printed = intake.form_item.item == 1 ? printed_code(database_, meeting.key, intake.form_item.form) : std::nullopt;
  Request request{.key = next_.request,
                  .id = Uuid::v7(now, random_.bytes16()),
                  .code = printed ? *printed : draw_code(),
                  .form_item = std::move(intake.form_item),
                  .meeting_date = meeting.value.date,
                  .received_at = now,
                  .received_from = std::move(intake.received_from),
                  .content = std::move(intake.content),
                  .route = std::move(intake.route)};
  request.registration.system = request.route.system;
  take_up_lost(request);
  if (request.code == printed) request.told = Told{.by = ToldBy::slip, .code = printed->digits(), .at = now, .person = {}};
  request.citizen_hash = std::move(intake.citizen_hash);
  request.traceparent = std::move(intake.traceparent);
  return request;
}

TrackingCode Writer::draw_code() {
  while (true) {
    const auto code = TrackingCode::from_random(random_.bits());
    if (!is_taken(code)) {
      return code;
    }
  }
}

TrackingCode Writer::derive_code(const std::string& meeting, const std::string& form) {
  constexpr std::size_t digits_of_64_bits = 16;
  const auto name = meeting + '/' + form + '/';
  for (int attempt = 0;; ++attempt) {
    const auto hash = keyed_hash_("form", name + std::to_string(attempt));
    const auto code = TrackingCode::from_random(std::stoull(hash.substr(0, digits_of_64_bits), nullptr, 16));
    if (!is_taken(code)) {
      return code;
    }
  }
}

bool Writer::is_taken(TrackingCode code) {
  return database_.query("SELECT 1 FROM requests WHERE code = ?1 UNION ALL SELECT 1 FROM forms WHERE code = ?1").bind(code.number()).next();
}

PrintOutcome Writer::print(const FormsToPrint& wanted) {
  const auto* meeting = find_meeting(wanted.meeting);
  if (meeting == nullptr) {
    return meeting_not_found;
  }
  for (const auto& form : wanted.forms) {
    const auto typed = typed_code(database_, meeting->key, form);
    if (typed && typed != printed_code(database_, meeting->key, form)) {
      return FormInUse{form};
    }
  }
  std::vector<PrintedForm> printed;
  for (const auto& form : wanted.forms) {
    auto code = printed_code(database_, meeting->key, form);
    if (!code) {
      code = derive_code(wanted.meeting, form);
      insert_form(database_, meeting->key, form, *code, clock_.now());
    }
    printed.push_back({form, *code});
  }
  return printed;
}

void Writer::take_up_lost(Request& request) {
  const auto& item = request.form_item;
  auto row = database_.query("SELECT id, code FROM lost WHERE meeting = ? AND form = ? AND item = ?");
  if (!row.bind(item.meeting, item.form, item.item).next()) {
    return;
  }
  const auto id = row.get<Uuid>();
  const auto code = TrackingCode::from_number(row.get<std::int64_t>());
  if (code == request.code || (code && !is_taken(*code))) {
    request.id = id;
    request.code = *code;
    request.registration.intent_at = request.received_at;
  }
}

Result<Updated> Writer::update(RequestKey key, const Transition& transition) {
  auto record = load_record(database_, key);
  if (!record) {
    return not_found;
  }
  auto changed = guarded(key, [&] { return transition(*record); });
  if (!changed) {
    return std::move(changed).error();
  }
  if (!changed->ok()) {
    return std::move(*changed).error();
  }
  const Request& before = record->request;
  auto prepared = guarded(key, [&] {
    return prepare(std::move(*changed).value(), {before.version, before.sequence, before.attention}, settings_.personal_data_in_events);
  });
  if (!prepared) {
    return std::move(prepared).error();
  }
  auto& [change, event_data] = *prepared;
  change.after.key = key;
  if (!change.tasks_only) {
    write_request(before, change);
  }
  auto tasks = write_parts(database_, change, event_data, next_.task, clock_.now());
  tallies_.remove(before);
  tallies_.add(change.after);
  wrote_events_ |= !change.events.empty();
  return Updated{{std::move(change.after), merged(std::move(record->messages), change.messages)}, std::move(tasks)};
}

void Writer::write_request(const Request& before, const Change& change) {
  const auto& after = change.after;
  if (!update_request(database_, after, before.version)) {
    throw DatabaseError(SQLITE_INTERNAL, "a request's version changed under the only writer");
  }
  if (before.content != after.content && !change.events.empty()) {
    keep_version(database_, before, change.events.front());
  }
  if (!same_paper(before, after)) {
    update_paper(database_, after);
  }
  if (before.handling != after.handling) {
    put_case(database_, after.key, after.handling);
  }
}

Result<Updated> Writer::update_once(const UpdateOperation& operation) {
  if (answered(*operation.identity)) {
    return answer_kept;
  }
  // The answer is made from what was written, so its exception must take back this operation alone. Numbers and tallies it used are
  // harmless only if they go too.
  const auto tallies_before = tallies_;
  const auto next_before = next_;
  const bool events_before = wrote_events_;
  database_.query("SAVEPOINT once").run();
  auto updated = update(operation.key, operation.transition);
  if (updated) {
    auto answer = guarded(operation.key, [&] { return operation.answer(*operation.identity, *updated); });
    if (answer) {
      keep(*answer);
    } else {
      updated = std::move(answer).error();
      database_.query("ROLLBACK TO once").run();
      tallies_ = tallies_before;
      next_ = next_before;
      wrote_events_ = events_before;
    }
  }
  database_.query("RELEASE once").run();
  return updated;
}

bool Writer::answered(const IdempotentAnswer& identity) {
  return database_.query("SELECT 1 FROM answers WHERE caller = ? AND key = ? AND at > ?")
      .bind(identity.caller, identity.key, clock_.now() - answer_lifetime)
      .next();
}

void Writer::keep(const IdempotentAnswer& answer) {
  const auto now = clock_.now();
  database_.query("DELETE FROM answers WHERE rowid IN (SELECT rowid FROM answers WHERE at <= ? ORDER BY at LIMIT 100)")
      .bind(now - answer_lifetime)
      .run();
  database_.query("INSERT OR REPLACE INTO answers(caller, key, fingerprint, status, body, at) VALUES (?,?,?,?,?,?)")
      .bind(answer.caller, answer.key, answer.fingerprint, answer.status, answer.body, now)
      .run();
}

Result<bool> Writer::put(const salam::Meeting& meeting) {
  const auto* stored = find_meeting(meeting.id);
  if (stored == nullptr) {
    insert_meeting(database_, meeting, deadline_rules_);
    return true;
  }
  const bool moved = stored->value.region != meeting.region || stored->value.date != meeting.date;
  if (moved && database_.query("SELECT 1 FROM requests WHERE meeting = ? LIMIT 1").bind(stored->key).next()) {
    return Error{"meeting_has_requests", "region and date of a meeting stay as they are once it has requests"};
  }
  update_meeting(database_, stored->key, meeting, deadline_rules_, clock_.now());
  meetings_.erase(meeting.id);
  return false;
}

InvitationOutcome Writer::put(const std::string& meeting, const Invitation& invitation) {
  const auto* stored = find_meeting(meeting);
  if (stored == nullptr) {
    return meeting_not_found;
  }
  put_invitation(database_, stored->key, invitation);
  return load_invitation(database_, stored->key).value();
}

InvitationOutcome Writer::approve(const ApproveOperation& operation) {
  const auto& approving = operation.approving;
  if (answered(operation.identity)) {
    return answer_kept;
  }
  const auto* meeting = find_meeting(approving.meeting);
  if (meeting == nullptr) {
    return meeting_not_found;
  }
  auto invitation = load_invitation(database_, meeting->key);
  if (!invitation) {
    return Error{"invitation_not_found", "the meeting has no invitation: put a draft first"};
  }
  const auto now = clock_.now();
  if (auto refused = refusal(*invitation, approving.version, now)) {
    return *std::move(refused);
  }
  invitation->approved = {.by = approving.by, .at = now, .text = invitation->draft.text};
  auto answer = guarded("meeting", meeting->key, [&] { return operation.answer(operation.identity, *invitation); });
  if (!answer) {
    return std::move(answer).error();
  }
  approve_invitation(database_, meeting->key, *invitation->approved);
  write_meeting_event(database_, meeting->key, EventType::invitation_approved, now,
                      json::invitation_event_data(meeting->value, *invitation, settings_.personal_data_in_events),
                      {.name = approving.by, .key = approving.key, .note = {}});
  wrote_events_ = true;
  keep(*answer);
  return *std::move(invitation);
}

Invited Writer::invite(const Invite& invite) {
  Invited invited;
  const auto open = open_invitation(database_);
  if (!open) {
    return invited;
  }
  const auto requests = load_uninvited(database_, open->meeting, invited_at_once);
  for (const auto request : requests) {
    auto updated = update(request, [&](const Record& record) { return invite(record, open->text); });
    if (updated) {
      std::ranges::move(updated->tasks, std::back_inserter(invited.tasks));
    } else {
      spdlog::error("the citizen of request {} cannot be invited: {}", request, updated.error().message);
    }
  }
  if (requests.size() < invited_at_once || invited.tasks.empty()) {
    close_invitations(database_, open->meeting);
  }
  invited.more = open_invitation(database_).has_value();
  return invited;
}

AttachOutcome Writer::attach(const NewAttachment& attachment) {
  if (!database_.query("SELECT 1 FROM requests WHERE key = ?").bind(attachment.request).next()) {
    return not_found;
  }
  const auto before = load_attachments(database_, attachment.request);
  const auto known = std::ranges::find(before, attachment.attachment.digest, &Attachment::digest);
  if (known != before.end()) {
    return Attached{.attachment = *known, .fresh = false};
  }
  if (before.size() >= attachment.most) {
    return too_many_attachments(attachment.most);
  }
  insert_attachment(database_, attachment.request, attachment.attachment);
  Attached attached{.attachment = attachment.attachment};
  if (attachment.then) {
    if (auto updated = update(attachment.request, attachment.then)) {
      attached.tasks = std::move(updated->tasks);
    }
  }
  return attached;
}

const Writer::Meeting* Writer::find_meeting(const std::string& id) {
  const auto cached = meetings_.find(id);
  if (cached != meetings_.end()) {
    return &cached->second;
  }
  static const std::string sql = "SELECT m.key, " + std::string(meeting_columns) + " FROM meetings m WHERE m.id = ?";
  auto row = database_.query(sql);
  if (!row.bind(id).next()) {
    return nullptr;
  }
  const auto key = row.get<std::int64_t>();
  auto value = read_meeting(id, row);
  return &meetings_.emplace(id, Meeting{key, std::move(value)}).first->second;
}

}  // namespace salam::store
