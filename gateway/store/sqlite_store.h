#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gateway/store/attachment_files.h"
#include "gateway/store/checkpointer.h"
#include "gateway/store/database.h"
#include "gateway/store/file_worker.h"
#include "gateway/store/keyed_hash.h"
#include "gateway/store/lock.h"
#include "gateway/store/meeting_cache.h"
#include "gateway/store/operations.h"
#include "gateway/store/reader_pool.h"
#include "gateway/store/store.h"
#include "gateway/store/writer.h"

namespace salam::store {

/// `Store` on SQLite: the queue and the threads around `Writer`, `Reader` and `Checkpointer`.
class SqliteStore final : public Store {
 public:
  /// `database`: checked and migrated. Throws DatabaseError.
  SqliteStore(Settings settings, Clock& clock, Random& random, FileLock lock, std::unique_ptr<Database> database);
  ~SqliteStore() override;

  void accept(Intake intake, std::function<void(AcceptOutcome)> handler) override;
  void update(RequestKey key, Transition transition, std::function<void(UpdateOutcome)> handler) override;
  void update_once(RequestKey key, Transition transition, IdempotentAnswer identity,
                   std::function<IdempotentAnswer(IdempotentAnswer, const Updated&)> answer,
                   std::function<void(UpdateOutcome)> handler) override;
  void put_meeting(Meeting meeting, std::function<void(Result<bool>)> handler) override;
  void count_deadlines(const DeadlineRules& rules) override;
  void step_done(const MeetingStepDone& done, const std::function<void(Result<StepOutcome>)>& handler) override;
  void announce_deadlines(const std::function<void(Result<Announced>)>& handler) override;
  void put_invitation(const std::string& meeting, const Invitation& invitation,
                      const std::function<void(InvitationOutcome)>& handler) override;
  void approve_invitation(const ApprovingInvitation& approving, const IdempotentAnswer& identity,
                          const std::function<IdempotentAnswer(IdempotentAnswer, const InvitationRecord&)>& answer,
                          const std::function<void(InvitationOutcome)>& handler) override;
  void write_invitations(const Invite& invite, const std::function<void(Result<Invited>)>& handler) override;
  void print_forms(const FormsToPrint& forms, const std::function<void(PrintOutcome)>& handler) override;
  void mark_published(std::int64_t position) override;
  void note_attempt(RequestKey key, Attempt attempt) override;
  void attach(NewAttachment attachment, std::function<void(AttachOutcome)> handler) override;
  void on_events(std::function<void()> listener) override;
  void close() override;

  std::optional<Meeting> meeting(std::string_view id) override;
  std::optional<MeetingRecord> meeting_record(std::string_view id) override;
  std::vector<MeetingRecord> meetings(std::optional<Region> region, std::int64_t after, int limit) override;
  std::vector<MeetingDeadline> deadlines(const DeadlineFilter& filter, std::int64_t after, int limit) override;
  std::vector<DeadlineCount> deadline_counts() override;
  std::optional<Meeting> meeting_of_form(TrackingCode code) override;
  std::optional<InvitationRecord> invitation(std::string_view meeting) override;
  std::vector<FormRow> printed_forms(std::string_view meeting, std::int64_t after, int limit) override;
  std::optional<Record> find(const Uuid& id) override;
  std::optional<Record> find(RequestKey key) override;
  std::optional<Message> message(RequestKey request, std::int64_t id) override;
  std::optional<MessageKey> message_on_the_way(std::string_view provider, std::string_view provider_id) override;
  std::vector<Record> find_by_code(std::string_view code) override;
  std::string original(RequestKey key) override;
  std::optional<Record> newest_registered(System system) override;
  std::vector<Attachment> attachments(RequestKey key) override;
  std::optional<Attachment> attached_file(std::string_view digest) override;
  [[nodiscard]] bool holds_file(const Attachment& file) const override { return files_.holds(file.digest, file.size); }
  void read_file(const Attachment& file, const std::function<void(std::optional<std::string>)>& handler) override;
  std::vector<Record> list(const RequestFilter& filter, RequestKey before, int limit) override;
  std::vector<RequestKey> report_keys(const ReportScope& scope) override;
  std::vector<Record> records(std::span<const RequestKey> keys) override;
  std::vector<std::string> typed_forms(std::string_view meeting) override;
  std::vector<HistoryEntry> history(RequestKey key, std::int64_t after_sequence, int limit) override;
  std::vector<Attempt> attempts(RequestKey key, int limit) override;
  std::vector<DueItem> due(const DueFilter& filter, const DuePlace& after, int limit) override;
  SearchPage search(const Search& wanted, RequestKey before, int limit) override;
  std::vector<FormerContent> versions(RequestKey key) override;
  std::vector<AttentionItem> attention(std::optional<AttentionReason> reason, std::optional<Region> region, std::int64_t after,
                                       int limit) override;
  std::vector<Task> tasks(Lane lane, bool retries, const std::set<std::int64_t>& except, int limit) override;
  std::vector<OutboxEvent> outbox(std::int64_t after, int limit) override;
  OutboxState outbox_state() override;
  std::optional<IdempotentAnswer> answered(std::string_view caller, std::string_view key) override;
  Counts counts() override;

  [[nodiscard]] const std::string& incarnation() const override { return incarnation_; }
  [[nodiscard]] std::optional<Timestamp> restored_at() const override { return restored_at_; }
  [[nodiscard]] std::string keyed_hash(std::string_view purpose, std::string_view text) const override;
  [[nodiscard]] std::size_t queued() const override;
  [[nodiscard]] std::uint64_t disk_free() const override;

 private:
  using Steady = std::chrono::steady_clock;
  struct Work {
    std::vector<Operation> batch;
    std::optional<std::int64_t> published;
    [[nodiscard]] bool empty() const { return batch.empty() && !published; }
  };

  void put(Operation operation, std::size_t room);
  /// Fills in digest and size; the file is on the disk afterwards.
  Result<void> keep_file(NewAttachment& attachment);
  void run();
  /// Waits for the next work; empty when the store was closed and nothing is left.
  Work next();
  /// Moves into the batch what there is room for; true where something came. With the lock held.
  bool take_queued(std::vector<Operation>& batch);
  /// The same before a commit: where the disk is slow, it pays to wait a moment for those who have just been answered and come again.
  bool take_more(std::vector<Operation>& batch, Steady::time_point began);
  void commit(Work work);
  [[nodiscard]] bool idle() const { return queue_.empty() && !closing_; }

  Settings settings_;
  Clock& clock_;
  FileLock lock_;
  std::unique_ptr<Database> database_;
  std::string incarnation_;
  std::optional<Timestamp> restored_at_;
  KeyedHash keyed_hash_;
  ReaderPool readers_;
  MeetingCache meetings_;
  Writer writer_;
  Checkpointer checkpointer_;
  AttachmentFiles files_;
  Steady::duration commit_took_{};  ///< The last one; the store thread's own.

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Operation> queue_;
  std::optional<std::int64_t> published_;
  std::function<void()> listener_;
  bool closing_ = false;
  std::thread thread_;
  FileWorker file_worker_;  ///< Queues writes for the thread above: closed before it.
};

}  // namespace salam::store
