#include "gateway/store/sqlite_store.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <limits>
#include <utility>

#include <spdlog/spdlog.h>

#include "gateway/store/attachment_copies.h"
#include "gateway/store/files.h"
#include "gateway/store/schema.h"

namespace salam::store {
namespace {

/// How long the relay's mark waits for another write to go with.
constexpr std::chrono::seconds mark_waits{1};

/// How many at once show that more are coming, and how long a commit then waits for them at a time.
constexpr std::size_t crowd = 8;
constexpr std::chrono::microseconds pause{250};

const Error overloaded{"overloaded", "too many writes wait for the disk: try again in a moment"};
const Error shutting_down{"shutting_down", "the gateway is shutting down: try again later"};

int report_log(void* checkpointer, sqlite3*, const char*, int pages) {
  static_cast<Checkpointer*>(checkpointer)->log_grew(pages);
  return SQLITE_OK;
}

void empty_log(Database& database) {
  const int result = sqlite3_wal_checkpoint_v2(database.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (result == SQLITE_BUSY) {
    spdlog::warn("another program reads the database: its write-ahead log is not emptied at this start");
  } else if (result != SQLITE_OK) {
    throw DatabaseError(result, sqlite3_errstr(result));
  }
}

/// What a crash left of files whose rows were never committed.
void remove_unknown_files(Database& database, const AttachmentFiles& files) {
  const auto removed = files.remove_unknown([&](const std::string& digest) { return is_attached(database, digest); });
  if (removed > 0) {
    spdlog::info("{} files in {} belonged to no request and were removed", removed, files.folder());
  }
}

/// Looks before it touches: another program's file stays as it is.
Result<void> check_existing(const std::string& path) {
  std::error_code absent;
  if (std::filesystem::file_size(path, absent) == 0 || absent) {
    return {};
  }
  try {
    Database database(path, Database::Access::read);
    return check_usable(database, path);
  } catch (const DatabaseError& error) {
    // The power failed while the file was created: a reader may not take back the half of it that is there.
    if (error.code() != SQLITE_READONLY_ROLLBACK) {
      throw;
    }
  }
  Database database(path, Database::Access::roll_back);
  return check_usable(database, path);
}

}  // namespace

Result<std::unique_ptr<Store>> open(Settings settings, Clock& clock, Random& random) {
  auto lock = FileLock::take(settings.path + ".lock");
  if (!lock) {
    return std::move(lock).error();
  }
  try {
    if (std::filesystem::exists(restored_copy(settings.path))) {
      return unusable(settings.path, "a restore was interrupted while it put the backup in its place; run the same restore again");
    }
    if (auto usable = check_existing(settings.path); !usable) {
      return usable.error();
    }
    create_private(settings.path);
    auto database = std::make_unique<Database>(settings.path, Database::Access::write);
    empty_log(*database);
    migrate(*database, clock, random);
    return std::unique_ptr<Store>(
        std::make_unique<SqliteStore>(std::move(settings), clock, random, std::move(lock).value(), std::move(database)));
  } catch (const DatabaseError& error) {
    return unusable(settings.path, error.what());
  }
}

SqliteStore::SqliteStore(Settings settings, Clock& clock, Random& random, FileLock lock, std::unique_ptr<Database> database)
    : settings_(std::move(settings)),
      clock_(clock),
      lock_(std::move(lock)),
      database_(std::move(database)),
      incarnation_(meta<std::string>(*database_, "incarnation").value_or("")),
      restored_at_(meta<Timestamp>(*database_, "restored_at")),
      keyed_hash_(meta<std::string>(*database_, "secret").value_or("")),
      readers_(settings_.path, settings_.readers),
      writer_(*database_, settings_, clock, random),
      checkpointer_(settings_.path, settings_.checkpoint_pages),
      files_(attachment_folder(settings_.path)) {
  remove_unknown_files(*database_, files_);
  sqlite3_wal_hook(database_->handle(), report_log, &checkpointer_);
  thread_ = std::thread([this] { run(); });
}

SqliteStore::~SqliteStore() { close(); }

void SqliteStore::close() {
  file_worker_.close();
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void SqliteStore::put(Operation operation, std::size_t room) {
  const Error* refusal = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (closing_) {
      refusal = &shutting_down;
    } else if (queue_.size() >= room) {
      refusal = &overloaded;
    } else {
      queue_.push_back(std::move(operation));
    }
  }
  if (refusal == nullptr) {
    wake_.notify_one();
    return;
  }
  refuse(operation, *refusal);
  reply(operation);
}

void SqliteStore::accept(Intake intake, std::function<void(AcceptOutcome)> handler) {
  put(AcceptOperation{std::move(intake), std::move(handler)}, settings_.max_queue);
}

void SqliteStore::update(RequestKey key, Transition transition, std::function<void(UpdateOutcome)> handler) {
  put(UpdateOperation{key, std::move(transition), std::move(handler)}, 2 * settings_.max_queue);
}

void SqliteStore::update_once(RequestKey key, Transition transition, IdempotentAnswer identity,
                              std::function<IdempotentAnswer(IdempotentAnswer, const Updated&)> answer,
                              std::function<void(UpdateOutcome)> handler) {
  put(UpdateOperation{key, std::move(transition), std::move(handler), std::move(identity), std::move(answer)}, 2 * settings_.max_queue);
}

void SqliteStore::put_meeting(Meeting meeting, std::function<void(Result<bool>)> handler) {
  put(MeetingOperation{std::move(meeting), std::move(handler)}, settings_.max_queue);
}

void SqliteStore::count_deadlines(const DeadlineRules& rules) {
  put(DeadlineRulesOperation{rules}, std::numeric_limits<std::size_t>::max());
}

void SqliteStore::step_done(const MeetingStepDone& done, const std::function<void(Result<StepOutcome>)>& handler) {
  put(StepOperation{done, handler}, settings_.max_queue);
}

void SqliteStore::announce_deadlines(const std::function<void(Result<Announced>)>& handler) {
  put(AnnounceOperation{handler}, settings_.max_queue);
}

void SqliteStore::put_invitation(const std::string& meeting, const Invitation& invitation,
                                 const std::function<void(InvitationOutcome)>& handler) {
  put(InvitationOperation{meeting, invitation, handler}, settings_.max_queue);
}

void SqliteStore::approve_invitation(const ApprovingInvitation& approving, const IdempotentAnswer& identity,
                                     const std::function<IdempotentAnswer(IdempotentAnswer, const InvitationRecord&)>& answer,
                                     const std::function<void(InvitationOutcome)>& handler) {
  put(ApproveOperation{approving, identity, answer, handler}, settings_.max_queue);
}

void SqliteStore::write_invitations(const Invite& invite, const std::function<void(Result<Invited>)>& handler) {
  put(InviteOperation{invite, handler}, settings_.max_queue);
}

void SqliteStore::print_forms(const FormsToPrint& forms, const std::function<void(PrintOutcome)>& handler) {
  put(FormsOperation{forms, handler}, settings_.max_queue);
}

void SqliteStore::note_attempt(RequestKey key, Attempt attempt) { put(AttemptOperation{key, std::move(attempt)}, 2 * settings_.max_queue); }

void SqliteStore::attach(NewAttachment attachment, std::function<void(AttachOutcome)> handler) {
  auto shared = std::make_shared<AttachOperation>(AttachOperation{std::move(attachment), std::move(handler)});
  const bool posted = file_worker_.post([this, shared] {
    if (auto kept = keep_file(shared->attachment); !kept) {
      return shared->handler(std::move(kept).error());
    }
    put(std::move(*shared), settings_.max_queue);
  });
  if (!posted) {
    shared->handler(shutting_down);
  }
}

Result<void> SqliteStore::keep_file(NewAttachment& attachment) {
  auto& [request, described, content, most, then] = attachment;
  described.digest = digest_of(described.is_link() ? described.url.reveal() : content);
  if (described.is_link()) {
    return {};
  }
  described.size = content.size();
  auto kept = files_.keep(described.digest, content);
  content = {};
  return kept;
}

void SqliteStore::mark_published(std::int64_t position) {
  {
    const std::lock_guard lock(mutex_);
    published_ = std::max(published_.value_or(position), position);
  }
  wake_.notify_one();
}

void SqliteStore::on_events(std::function<void()> listener) {
  const std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
}

void SqliteStore::run() {
  while (true) {
    auto work = next();
    if (work.empty()) {
      return;
    }
    if (checkpointer_.rest_due()) {
      checkpoint(*database_);
    }
    commit(std::move(work));
  }
}

SqliteStore::Work SqliteStore::next() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return !idle() || published_; });
  if (idle()) {
    wake_.wait_for(lock, mark_waits, [this] { return !idle(); });
  }
  Work work{.batch = {}, .published = std::exchange(published_, std::nullopt)};
  take_queued(work.batch);
  return work;
}

bool SqliteStore::take_queued(std::vector<Operation>& batch) {
  const auto room = std::max<std::size_t>(settings_.max_batch, 1) - batch.size();
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), room));
  const bool some = end != queue_.begin();
  batch.insert(batch.end(), std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return some;
}

bool SqliteStore::take_more(std::vector<Operation>& batch, Steady::time_point began) {
  if (Steady::now() - began > commit_took_) {
    return false;
  }
  {
    const std::lock_guard lock(mutex_);
    if (take_queued(batch)) {
      return true;
    }
  }
  if (batch.size() < crowd || batch.size() >= settings_.max_batch || Steady::now() + pause > began + commit_took_ / 2) {
    return false;
  }
  std::this_thread::sleep_for(pause);
  const std::lock_guard lock(mutex_);
  return take_queued(batch);
}

void SqliteStore::commit(Work work) {
  const auto began = Steady::now();
  auto commits_at = began;
  const bool wrote_events = writer_.apply(work.batch, work.published, [&](std::vector<Operation>& batch) {
    const bool some = take_more(batch, began);
    commits_at = Steady::now();
    return some;
  });
  commit_took_ = Steady::now() - commits_at;
  for (const auto& operation : work.batch) {
    if (const auto* put = std::get_if<MeetingOperation>(&operation)) {
      meetings_.forget(put->meeting.id);
    }
  }
  for (auto& operation : work.batch) {
    reply(operation);
  }
  if (!wrote_events) {
    return;
  }
  std::function<void()> listener;
  {
    const std::lock_guard lock(mutex_);
    listener = listener_;
  }
  if (listener) {
    listener();
  }
}

std::optional<Meeting> SqliteStore::meeting(std::string_view id) {
  return meetings_.find(id, [&] { return readers_.ask([&](Reader& reader) { return reader.meeting(id); }); });
}

std::optional<MeetingRecord> SqliteStore::meeting_record(std::string_view id) {
  return readers_.ask([&](Reader& reader) { return reader.meeting_record(id); });
}

std::vector<MeetingRecord> SqliteStore::meetings(std::optional<Region> region, std::int64_t after, int limit) {
  return readers_.ask([&](Reader& reader) { return reader.meetings(region, after, limit); });
}

std::vector<MeetingDeadline> SqliteStore::deadlines(const DeadlineFilter& filter, std::int64_t after, int limit) {
  return readers_.ask([&](Reader& reader) { return reader.deadlines(filter, after, limit, clock_.now()); });
}

std::vector<DeadlineCount> SqliteStore::deadline_counts() {
  return readers_.ask([&](Reader& reader) { return reader.deadline_counts(clock_.now()); });
}

std::optional<InvitationRecord> SqliteStore::invitation(std::string_view meeting) {
  return readers_.ask([&](Reader& reader) { return reader.invitation(meeting); });
}

std::vector<FormRow> SqliteStore::printed_forms(std::string_view meeting, std::int64_t after, int limit) {
  return readers_.ask([&](Reader& reader) { return reader.printed_forms(meeting, after, limit); });
}

std::optional<Meeting> SqliteStore::meeting_of_form(TrackingCode code) {
  return readers_.ask([&](Reader& reader) { return reader.meeting_of_form(code); });
}

std::optional<Record> SqliteStore::find(const Uuid& id) {
  return readers_.ask([&](Reader& reader) { return reader.find(id); });
}

std::optional<Record> SqliteStore::find(RequestKey key) {
  return readers_.ask([&](Reader& reader) { return reader.find(key); });
}

std::optional<MessageKey> SqliteStore::message_on_the_way(std::string_view provider, std::string_view provider_id) {
  return readers_.ask([&](Reader& reader) { return reader.message_on_the_way(provider, provider_id); });
}

std::optional<Message> SqliteStore::message(RequestKey request, std::int64_t id) {
  return readers_.ask([&](Reader& reader) { return reader.message(request, id); });
}

std::vector<Record> SqliteStore::find_by_code(std::string_view code) {
  return readers_.ask([&](Reader& reader) { return reader.find_by_code(code); });
}

std::string SqliteStore::original(RequestKey key) {
  return readers_.ask([&](Reader& reader) { return reader.original(key); });
}

std::optional<Record> SqliteStore::newest_registered(System system) {
  return readers_.ask([&](Reader& reader) { return reader.newest_registered(system); });
}

std::vector<Attachment> SqliteStore::attachments(RequestKey key) {
  return readers_.ask([&](Reader& reader) { return reader.attachments(key); });
}

std::optional<Attachment> SqliteStore::attached_file(std::string_view digest) {
  return readers_.ask([&](Reader& reader) { return reader.attached_file(digest); });
}

void SqliteStore::read_file(const Attachment& file, const std::function<void(std::optional<std::string>)>& handler) {
  if (!file_worker_.post([this, digest = file.digest, size = file.size, handler] { handler(files_.read(digest, size)); })) {
    handler(std::nullopt);
  }
}

std::vector<Record> SqliteStore::list(const RequestFilter& filter, RequestKey before, int limit) {
  return readers_.ask([&](Reader& reader) { return reader.list(filter, before, limit); });
}

std::vector<RequestKey> SqliteStore::report_keys(const ReportScope& scope) {
  return readers_.ask([&](Reader& reader) { return reader.report_keys(scope); });
}

std::vector<Record> SqliteStore::records(std::span<const RequestKey> keys) {
  return readers_.ask([&](Reader& reader) { return reader.records(keys); });
}

std::vector<std::string> SqliteStore::typed_forms(std::string_view meeting) {
  return readers_.ask([&](Reader& reader) { return reader.typed_forms(meeting); });
}

std::vector<HistoryEntry> SqliteStore::history(RequestKey key, std::int64_t after_sequence, int limit) {
  return readers_.ask([&](Reader& reader) { return reader.history(key, after_sequence, limit); });
}

std::vector<Attempt> SqliteStore::attempts(RequestKey key, int limit) {
  return readers_.ask([&](Reader& reader) { return reader.attempts(key, limit); });
}

std::vector<DueItem> SqliteStore::due(const DueFilter& filter, const DuePlace& after, int limit) {
  return readers_.ask([&](Reader& reader) { return reader.due(filter, after, limit); });
}

SearchPage SqliteStore::search(const Search& wanted, RequestKey before, int limit) {
  return readers_.ask([&](Reader& reader) { return reader.search(wanted, before, limit); });
}

std::vector<FormerContent> SqliteStore::versions(RequestKey key) {
  return readers_.ask([&](Reader& reader) { return reader.versions(key); });
}

std::vector<AttentionItem> SqliteStore::attention(std::optional<AttentionReason> reason, std::optional<Region> region, std::int64_t after,
                                                  int limit) {
  return readers_.ask([&](Reader& reader) { return reader.attention(reason, region, after, limit); });
}

std::vector<Task> SqliteStore::tasks(Lane lane, bool retries, const std::set<std::int64_t>& except, int limit) {
  return readers_.ask([&](Reader& reader) { return reader.tasks(lane, retries, except, limit); });
}

std::vector<OutboxEvent> SqliteStore::outbox(std::int64_t after, int limit) {
  return readers_.ask([&](Reader& reader) { return reader.outbox(after, limit); });
}

OutboxState SqliteStore::outbox_state() {
  return readers_.ask([](Reader& reader) { return reader.outbox_state(); });
}

std::optional<IdempotentAnswer> SqliteStore::answered(std::string_view caller, std::string_view key) {
  return readers_.ask([&](Reader& reader) { return reader.answered(caller, key, clock_.now()); });
}

Counts SqliteStore::counts() {
  return readers_.ask([](Reader& reader) { return reader.counts(); });
}

std::string SqliteStore::keyed_hash(std::string_view purpose, std::string_view text) const { return keyed_hash_(purpose, text); }

std::size_t SqliteStore::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::uint64_t SqliteStore::disk_free() const {
  std::error_code failed;
  const auto space = std::filesystem::space(std::filesystem::absolute(settings_.path).parent_path(), failed);
  return failed ? 0 : space.available;
}

}  // namespace salam::store
