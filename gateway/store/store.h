#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/domain/attachment.h"
#include "gateway/domain/change.h"
#include "gateway/domain/deadlines.h"
#include "gateway/domain/invitation.h"
#include "gateway/domain/meeting.h"
#include "gateway/domain/printed_form.h"
#include "gateway/domain/request.h"
#include "gateway/ports/clock.h"
#include "gateway/ports/event_log.h"

/// Where everything stands that must survive. Writes queue up for one writer thread, which takes what has gathered into one transaction and
/// one fsync, and only then calls back (on its own thread: handlers post elsewhere and return). Reads block, may come from any thread, and
/// see committed state only. `overloaded` and `shutting_down` are answered at once, on the caller's thread.
/// A read that fails (a damaged page, a read error) throws DatabaseError.
///
/// A failed write or fsync ends the process (it cannot be retried: recovery happens at the next start); a full disk answers
/// `storage_full` and leaves everything as it was.
namespace salam::store {

struct Settings {
  std::string path;                      ///< The database file; beside it its lock, `<path>.lock`, and `<path>.attachments/`.
  std::string installation = "isfahan";  ///< In `ce_source`.
  bool personal_data_in_events = false;
  std::size_t max_queue = 20'000;  ///< Writes waiting for the writer; beyond it `overloaded` (updates: beyond twice as many).
  std::size_t max_batch = 512;     ///< Writes in one transaction.
  int readers = 4;                 ///< Read connections.
  int checkpoint_pages = 20'000;   ///< Pages of 8 KiB by which the write-ahead log grows between two checkpoints.
};

/// A request as intake hands it over; the store gives it key, id, code and time.
struct Intake {
  FormItem form_item;
  std::string received_from;
  std::string original;     ///< The JSON text as it came.
  std::string fingerprint;  ///< Versioned keyed hash of the canonical body.
  Content content;          ///< With the region filled in.
  RoutingDecision route;
  std::string citizen_hash;
  std::string traceparent;
  /// Decides what else is written with it: events, tasks, attention. Called with version 0 and key, id and code set.
  std::function<Change(Request)> first_change;
};

struct Accepted {
  Record record;
  std::vector<Task> tasks;  ///< As stored: with their ids.
};
struct Replayed {
  Record record;
};
/// The same form item with other content.
struct Conflict {
  Record record;
  std::string original;  ///< What was sent the first time.
};
using AcceptOutcome = std::variant<Accepted, Replayed, Conflict, Error>;

struct MessageKey {
  RequestKey request = 0;
  std::int64_t message = 0;
};

struct Updated {
  Record record;
  std::vector<Task> tasks;
};
/// The transition's own error, or `not_found`, `overloaded`, `storage_full`, `shutting_down`, `internal` (the transition threw).
/// `update_once` also `answer_kept`: another call with this key was faster, `answered` has its answer.
using UpdateOutcome = Result<Updated>;

/// An attachment as it comes in.
struct NewAttachment {
  RequestKey request = 0;
  Attachment attachment;  ///< Digest and size are filled in.
  std::string content;    ///< Of the file; empty for a link.
  std::size_t most = 10;  ///< So many may one request have.
  Transition then{};  ///< Written with it where the request did not have it yet, and sees the request with it; its error changes nothing.
};
struct Attached {
  Attachment attachment;      ///< As it is stored.
  bool fresh = true;          ///< The request did not have it yet.
  std::vector<Task> tasks{};  ///< Of `then`, as stored.
};
/// Errors: `not_found`, `too_many_attachments`, `storage_full`, `storage_unavailable` (its file cannot be written), `overloaded`,
/// `shutting_down`.
using AttachOutcome = Result<Attached>;

/// An answer kept for a repeated `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): 7 days, per caller.
struct IdempotentAnswer {
  std::string caller;
  std::string key;
  std::string fingerprint;  ///< Of the request's method, path and body.
  int status = 0;
  std::string body;
};

struct RequestFilter {
  std::optional<std::string> meeting;
  std::optional<Region> region;
  std::optional<System> system;
  std::optional<RegistrationState> state;
  std::optional<bool> told;
  std::optional<std::string> form;
};

struct AttentionItem {
  std::int64_t id = 0;
  Record record;
  AttentionReason reason = AttentionReason::by_hand;
  Timestamp since;
  Timestamp due;
  std::string detail;
};

/// What must be done by when: a review, or an answer.
enum class DueWhat { review, answer };
struct DueFilter {
  std::optional<Region> region;
  std::optional<DueWhat> what;
  std::string officer;              ///< Who must answer: the unit it is assigned to, or else its region's manager; empty: whoever.
  std::optional<Timestamp> before;  ///< What is due earlier.
};
/// Where an item stands in the list.
struct DuePlace {
  Timestamp due = Timestamp::min();
  RequestKey request = 0;
  DueWhat what = DueWhat::review;

  friend auto operator<=>(const DuePlace&, const DuePlace&) = default;
};
struct DueItem {
  DuePlace place;
  Record record;
};

/// What an officer looks for; all that is given must fit.
struct Search {
  std::string mobile;       ///< E.164.
  std::string national_id;  ///< Ten digits.
  std::string name;         ///< A part of it.
  std::string text;         ///< A part of subject, description or address.
  std::optional<std::string> meeting;
  std::optional<Region> region;
};
/// One look, which is bounded: a page may hold fewer than asked for, or nothing, and there may be more all the same.
struct SearchPage {
  std::vector<Record> records;  ///< Newest first.
  RequestKey before = 0;        ///< Go on from here; 0: all was looked at.
};

/// What a request said before a change of its content.
struct FormerContent {
  std::int64_t version = 0;
  Timestamp replaced_at;
  std::string replaced_by;
  std::string content;  ///< JSON.
};

struct HistoryEntry {
  std::int64_t position = 0;
  std::int64_t sequence = 0;
  std::string type;
  Timestamp at;
  std::string data;
  Actor actor;
};

/// How meetings' deadlines are counted, and how long before each it is announced that it comes near.
struct DeadlineRules {
  std::shared_ptr<const Calendar> calendar = std::make_shared<const Calendar>();
  Milliseconds approaching_before = std::chrono::hours(48);
};

/// What a person says was done of a meeting.
struct MeetingStepDone {
  std::string meeting;
  MeetingStep step = MeetingStep::registered;
  std::string by;
  std::optional<Timestamp> at;  ///< Now where unset.
  std::string note;
  std::string key;  ///< The API key's name.
};
/// The first one wins: `met` is how the deadline stands, whoever met it.
struct StepOutcome {
  enum class How { first, replayed, taken };  ///< Taken: met before, with other content.
  How how = How::first;
  Deadline deadline;
};

/// What was announced of meetings' deadlines in one go, each once.
struct Announced {
  std::vector<std::pair<MeetingStep, DueStage>> deadlines;
  std::optional<Timestamp> next;  ///< When there will be something to announce.
};

/// A person approves the draft of a meeting's invitation.
struct ApprovingInvitation {
  std::string meeting;
  std::int64_t version = 0;  ///< Of the draft as that person read it.
  std::string by;
  std::string key;  ///< The API key's name.
};
/// Errors: `meeting_not_found`, `invitation_not_found`, `version_mismatch`, `invitation_date_past`, `nobody_to_invite`, `answer_kept`,
/// `overloaded`, `storage_full`, `shutting_down`.
using InvitationOutcome = Result<InvitationRecord>;
/// The transition that writes one citizen's invitation with this text.
using Invite = std::function<Result<Change>(const Record&, const std::string& text)>;
/// Of what was approved, one step.
struct Invited {
  std::vector<Task> tasks;
  bool more = false;  ///< Some have no message yet.
};

/// Forms to be printed with a code each.
struct FormsToPrint {
  std::string meeting;
  std::vector<std::string> forms;  ///< Their numbers, in Latin digits.
};
/// A request was typed in under this number, and has another code than a slip could carry: nothing was printed.
struct FormInUse {
  std::string form;
};
/// Errors: `meeting_not_found`, `overloaded`, `storage_full`, `shutting_down`.
using PrintOutcome = std::variant<std::vector<PrintedForm>, FormInUse, Error>;
struct FormRow {
  std::int64_t id = 0;
  PrintedForm form;
  Timestamp printed_at;
};

struct MeetingRecord {
  std::int64_t key = 0;
  Meeting meeting;
  std::vector<Deadline> deadlines;  ///< In the by-law's order.
};

/// Which requests a report is about; all that is given must fit.
struct ReportScope {
  std::optional<std::string> meeting;
  std::optional<Region> region;  ///< Where the matter lies.
  std::optional<Date> from;      ///< Of meetings on this day or later.
  std::optional<Date> before;    ///< Of meetings on an earlier day.
  bool by_unit = false;          ///< In the order of who must act; else by meeting, form and item.
};

struct DeadlineFilter {
  std::optional<Region> region;
  std::optional<DeadlineState> state;
  std::optional<MeetingStep> step;
  std::optional<std::string> officer;  ///< The region's manager by name: the steps that are the manager's.
};
struct MeetingDeadline {
  std::int64_t id = 0;
  Meeting meeting;  ///< Without addressees and invitees.
  Deadline deadline;
};

struct DeadlineCount {
  MeetingStep step = MeetingStep::registered;
  DeadlineState state = DeadlineState::open;
  std::int64_t deadlines = 0;
};

struct OutboxState {
  std::int64_t last = 0;       ///< The newest event's position.
  std::int64_t published = 0;  ///< The store's own mark.
  std::optional<Timestamp> oldest_unpublished;
};

struct Counts {
  std::int64_t meetings = 0;
  std::int64_t requests = 0;
  std::int64_t told = 0;
  std::vector<std::pair<std::string, std::int64_t>> by_state;   ///< `registered` …
  std::vector<std::pair<std::string, std::int64_t>> by_system;  ///< Registered ones: `137`, `service_desk`.
  std::vector<std::pair<std::string, std::int64_t>> attention;  ///< Open items by reason.
  std::vector<std::pair<std::string, std::int64_t>> tasks;      ///< By lane.
  std::optional<Timestamp> oldest_attention;
  std::optional<Timestamp> oldest_due_task;
};

/// One request or meeting the audit finds fault with.
struct AuditFinding {
  std::string request;  ///< Its id, or the meeting's.
  std::string code;     ///< Empty for a meeting.
  std::string what;
};

class Store {
 public:
  virtual ~Store() = default;

  // --- writes -----------------------------------------------------------------------------------------------------
  virtual void accept(Intake intake, std::function<void(AcceptOutcome)> handler) = 0;
  virtual void update(RequestKey key, Transition transition, std::function<void(UpdateOutcome)> handler) = 0;
  /// As above, with an answer that is kept in the same transaction where the transition succeeds. `answer` turns the result into it.
  virtual void update_once(RequestKey key, Transition transition, IdempotentAnswer identity,
                           std::function<IdempotentAnswer(IdempotentAnswer, const Updated&)> answer,
                           std::function<void(UpdateOutcome)> handler) = 0;
  /// Created or replaced. The bool says whether it was new. Errors: `meeting_has_requests` where region or date of a meeting with requests
  /// would change.
  virtual void put_meeting(Meeting meeting, std::function<void(Result<bool>)> handler) = 0;
  /// Meetings' deadlines are counted so from now on, and those that are not met anew.
  virtual void count_deadlines(const DeadlineRules&) {}
  /// Error: `meeting_not_found`.
  virtual void step_done(const MeetingStepDone&, const std::function<void(Result<StepOutcome>)>& /*handler*/) {}
  /// Writes the events of what has come near or was missed since the last time. Where more is due than one transaction should hold, `next`
  /// is past.
  virtual void announce_deadlines(const std::function<void(Result<Announced>)>& /*handler*/) {}
  /// The draft; it says nothing to anybody before it is approved. Error: `meeting_not_found`.
  virtual void put_invitation(const std::string& /*meeting*/, const Invitation&,
                              const std::function<void(InvitationOutcome)>& /*handler*/) {}
  /// Those whose number was not invited yet are from now on written to, by `write_invitations`. `answer` turns the result into the answer
  /// that is kept in the same transaction, as for `update_once`.
  virtual void approve_invitation(const ApprovingInvitation&, const IdempotentAnswer& /*identity*/,
                                  const std::function<IdempotentAnswer(IdempotentAnswer, const InvitationRecord&)>& /*answer*/,
                                  const std::function<void(InvitationOutcome)>& /*handler*/) {}
  /// Writes what was approved and not written yet, as many messages as one transaction should hold: each number of a meeting once, at the
  /// first of its requests.
  virtual void write_invitations(const Invite&, const std::function<void(Result<Invited>)>& /*handler*/) {}
  /// In the order given. A number that was printed before keeps its code, so printing again is harmless; after a restore it gets the same
  /// code again. The first request typed in from such a form takes the form's code, and its citizen was told it by the slip.
  virtual void print_forms(const FormsToPrint&, const std::function<void(PrintOutcome)>& /*handler*/) {}
  /// The relay's mark; commits with whatever comes next.
  virtual void mark_published(std::int64_t position) = 0;
  /// Where an upstream's lookup or another note of the pipeline belongs to no change: kept for operators only.
  virtual void note_attempt(RequestKey key, Attempt attempt) = 0;
  /// The file is on the disk before its row is committed, and both before `handler` hears of it. The file is written by a thread of its
  /// own: nobody waits for it but this call.
  virtual void attach(NewAttachment attachment, std::function<void(AttachOutcome)> handler) = 0;
  /// Called on the writer thread after a commit that wrote events.
  virtual void on_events(std::function<void()> listener) = 0;
  /// Drains the queue, commits, stops the writer; later writes answer `shutting_down`.
  virtual void close() = 0;

  // --- reads ------------------------------------------------------------------------------------------------------
  /// What intake needs to know of it: without addressees and invitees.
  virtual std::optional<Meeting> meeting(std::string_view id) = 0;
  virtual std::optional<MeetingRecord> meeting_record(std::string_view /*id*/) { return {}; }
  /// The newest first, those after the one with this key (0: from the newest); without addressees and invitees.
  virtual std::vector<MeetingRecord> meetings(std::optional<Region>, std::int64_t /*after*/, int /*limit*/) { return {}; }
  /// By when they are due, those after this one in that order (0: from the first).
  virtual std::vector<MeetingDeadline> deadlines(const DeadlineFilter&, std::int64_t /*after*/, int /*limit*/) { return {}; }
  virtual std::vector<DeadlineCount> deadline_counts() { return {}; }
  virtual std::optional<InvitationRecord> invitation(std::string_view /*meeting*/) { return {}; }
  /// A meeting's, in the order in which they were first printed, those after the one with this id (0: from the first).
  virtual std::vector<FormRow> printed_forms(std::string_view /*meeting*/, std::int64_t /*after*/, int /*limit*/) { return {}; }
  /// The meeting of the printed form that carries this code.
  virtual std::optional<Meeting> meeting_of_form(TrackingCode) { return {}; }
  virtual std::optional<Record> find(const Uuid& id) = 0;
  virtual std::optional<Record> find(RequestKey key) = 0;
  /// One of its messages, without the request: what sending one and asking after it need.
  virtual std::optional<Message> message(RequestKey request, std::int64_t id) = 0;
  /// A message on its way, by what its provider calls it, or by its own id while the provider has not named it.
  virtual std::optional<MessageKey> message_on_the_way(std::string_view /*provider*/, std::string_view /*provider_id*/) { return {}; }
  /// By the gateway's code or any upstream's; several where two upstreams use one number (at most 10).
  virtual std::vector<Record> find_by_code(std::string_view code) = 0;
  virtual std::string original(RequestKey key) = 0;
  /// The newest request that stands registered in that system.
  virtual std::optional<Record> newest_registered(System) { return {}; }
  /// A request's, in the order in which they came.
  virtual std::vector<Attachment> attachments(RequestKey) { return {}; }
  /// A file by its digest, whichever request has it.
  virtual std::optional<Attachment> attached_file(std::string_view /*digest*/) { return {}; }
  /// It is there, and as long as it was.
  [[nodiscard]] virtual bool holds_file(const Attachment& /*file*/) const { return false; }
  /// Its content, on a thread of the store's own; nothing where the file is missing or of another size.
  virtual void read_file(const Attachment& /*file*/, const std::function<void(std::optional<std::string>)>& handler) { handler({}); }
  /// Newest first, those with a key below `before` (0: from the newest).
  virtual std::vector<Record> list(const RequestFilter& filter, RequestKey before, int limit) = 0;
  /// In the order of the scope: 8 bytes for each, so that a report remembers nothing else of what it has not reached yet.
  virtual std::vector<RequestKey> report_keys(const ReportScope&) { return {}; }
  /// Those that there are, in the order given, as they stand at one moment.
  virtual std::vector<Record> records(std::span<const RequestKey>) { return {}; }
  /// The numbers of a meeting's forms from which a request was typed in, each once, by number.
  virtual std::vector<std::string> typed_forms(std::string_view /*meeting*/) { return {}; }
  /// Events and attempts of one request, oldest first, at most `limit` each.
  virtual std::vector<HistoryEntry> history(RequestKey key, std::int64_t after_sequence, int limit) = 0;
  virtual std::vector<Attempt> attempts(RequestKey key, int limit) = 0;
  /// What is due soonest first, after that place.
  virtual std::vector<DueItem> due(const DueFilter& /*filter*/, const DuePlace& /*after*/, int /*limit*/) { return {}; }
  /// Those with a key below `before` (0: from the newest).
  virtual SearchPage search(const Search& /*wanted*/, RequestKey /*before*/, int /*limit*/) { return {}; }
  /// Oldest first.
  virtual std::vector<FormerContent> versions(RequestKey) { return {}; }
  /// Most urgent first (reason, then due), those after item `after` in that order.
  virtual std::vector<AttentionItem> attention(std::optional<AttentionReason> reason, std::optional<Region> region, std::int64_t after,
                                               int limit) = 0;
  /// A lane's new tasks, or its retries, by due time; none of those in `except`.
  virtual std::vector<Task> tasks(Lane lane, bool retries, const std::set<std::int64_t>& except, int limit) = 0;
  virtual std::vector<OutboxEvent> outbox(std::int64_t after, int limit) = 0;
  virtual OutboxState outbox_state() = 0;
  virtual std::optional<IdempotentAnswer> answered(std::string_view caller, std::string_view key) = 0;
  virtual Counts counts() = 0;

  // --- identity and health ----------------------------------------------------------------------------------------
  /// UUID of this store, renewed by a restore.
  [[nodiscard]] virtual const std::string& incarnation() const = 0;
  /// When it was put back from a backup, if ever.
  [[nodiscard]] virtual std::optional<Timestamp> restored_at() const { return {}; }
  /// Hex HMAC-SHA-256 with the store's own key; `purpose` keeps uses apart.
  [[nodiscard]] virtual std::string keyed_hash(std::string_view purpose, std::string_view text) const = 0;
  /// Writes waiting for the writer now.
  [[nodiscard]] virtual std::size_t queued() const = 0;
  /// Free bytes on the database's disk.
  [[nodiscard]] virtual std::uint64_t disk_free() const = 0;
};

/// Opens or creates the database, takes its lock, checkpoints (TRUNCATE), migrates, starts the writer. Errors: `store_locked` (another
/// gateway holds it), `store_unusable` (cannot be opened, or fails SQLite's quick check), `store_newer` (written by a newer version).
Result<std::unique_ptr<Store>> open(Settings settings, Clock& clock, Random& random);

/// What `salam-gateway audit` walks: opened read-only, beside a running gateway or without one. Every request must have been told its code,
/// or stand on the attention list, or have a task with a due time; what is neither registered nor closed must have one of the latter two; a
/// code that was told must lead to the request; every registered one must have its upstream's code; the event sequences of requests and
/// meetings must have no gap; the file of every attachment must be there, as long as it was. Every request must be answered or closed, or
/// have a day by which it must be; what was not reviewed or answered by `now` must stand on the list as overdue. Nobody whom an approved
/// invitation invites may be left without a message.
struct AuditReport {
  Counts counts;
  std::vector<AuditFinding> findings;  ///< At most 1,000.
  std::int64_t findings_total = 0;
};
Result<AuditReport> audit(const std::string& path, Timestamp now);

}  // namespace salam::store
