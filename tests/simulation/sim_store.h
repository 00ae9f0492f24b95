#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "gateway/store/operations.h"
#include "gateway/store/reader.h"
#include "gateway/store/schema.h"
#include "gateway/store/writer.h"
#include "tests/simulation/world.h"

namespace salam::simulation {

/// What survives a crash: the database of the real store, in memory where no file is named.
struct Disk {
  Disk(Clock& clock, Random& random, const std::string& path = ":memory:") : database(path, store::Database::Access::write) {
    migrate(database, clock, random);
  }
  store::Database database;
};

/// The real writer and reader on a virtual clock: writes queue up, become one commit while a simulated fsync takes its time, and are
/// answered afterwards. One for each life of the gateway.
class SimStore : public store::Store {
 public:
  struct Settings {
    double trouble = 0;
    bool reply_before_commit = false;  ///< For a mutation.
  };
  SimStore(Settings settings, World& world, Random& random, Disk& disk);

  /// What was not committed is gone; a commit under way may or may not have reached the disk.
  void crash();

  void accept(store::Intake intake, std::function<void(store::AcceptOutcome)> handler) override;
  void update(RequestKey key, Transition transition, std::function<void(store::UpdateOutcome)> handler) override;
  void update_once(RequestKey key, Transition transition, store::IdempotentAnswer identity,
                   std::function<store::IdempotentAnswer(store::IdempotentAnswer, const store::Updated&)> answer,
                   std::function<void(store::UpdateOutcome)> handler) override;
  void put_meeting(Meeting meeting, std::function<void(Result<bool>)> handler) override;
  void put_invitation(const std::string& meeting, const Invitation& invitation,
                      const std::function<void(store::InvitationOutcome)>& handler) override {
    put(store::InvitationOperation{meeting, invitation, handler});
  }
  void approve_invitation(const store::ApprovingInvitation& approving, const store::IdempotentAnswer& identity,
                          const std::function<store::IdempotentAnswer(store::IdempotentAnswer, const InvitationRecord&)>& answer,
                          const std::function<void(store::InvitationOutcome)>& handler) override {
    put(store::ApproveOperation{approving, identity, answer, handler});
  }
  void write_invitations(const store::Invite& invite, const std::function<void(Result<store::Invited>)>& handler) override {
    put(store::InviteOperation{invite, handler});
  }
  void mark_published(std::int64_t position) override;
  void note_attempt(RequestKey key, Attempt attempt) override { put(store::AttemptOperation{key, std::move(attempt)}); }
  void attach(store::NewAttachment attachment, std::function<void(store::AttachOutcome)> handler) override {
    attachment.attachment.digest = attachment.attachment.url.reveal();
    put(store::AttachOperation{std::move(attachment), std::move(handler)});
  }
  void on_events(std::function<void()> listener) override { listener_ = std::move(listener); }
  void close() override {}

  std::optional<Meeting> meeting(std::string_view id) override { return reader_.meeting(id); }
  std::optional<Record> find(const Uuid& id) override { return reader_.find(id); }
  std::optional<Record> find(RequestKey key) override { return reader_.find(key); }
  std::optional<Message> message(RequestKey request, std::int64_t id) override { return reader_.message(request, id); }
  std::vector<Record> find_by_code(std::string_view code) override { return reader_.find_by_code(code); }
  std::string original(RequestKey key) override { return reader_.original(key); }
  std::vector<Attachment> attachments(RequestKey key) override { return reader_.attachments(key); }
  std::vector<Record> list(const store::RequestFilter& filter, RequestKey before, int limit) override {
    return reader_.list(filter, before, limit);
  }
  std::vector<store::HistoryEntry> history(RequestKey key, std::int64_t after_sequence, int limit) override {
    return reader_.history(key, after_sequence, limit);
  }
  std::vector<Attempt> attempts(RequestKey key, int limit) override { return reader_.attempts(key, limit); }
  std::vector<store::AttentionItem> attention(std::optional<AttentionReason> reason, std::optional<Region> region, std::int64_t after,
                                              int limit) override {
    return reader_.attention(reason, region, after, limit);
  }
  std::vector<Task> tasks(Lane lane, bool retries, const std::set<std::int64_t>& except, int limit) override {
    return reader_.tasks(lane, retries, except, limit);
  }
  std::vector<OutboxEvent> outbox(std::int64_t after, int limit) override { return reader_.outbox(after, limit); }
  store::OutboxState outbox_state() override { return reader_.outbox_state(); }
  std::optional<store::IdempotentAnswer> answered(std::string_view caller, std::string_view key) override {
    return reader_.answered(caller, key, world_.now());
  }
  store::Counts counts() override { return reader_.counts(); }

  [[nodiscard]] const std::string& incarnation() const override { return incarnation_; }
  [[nodiscard]] std::string keyed_hash(std::string_view, std::string_view text) const override { return std::string(text); }
  [[nodiscard]] std::size_t queued() const override { return queue_.size(); }
  [[nodiscard]] std::uint64_t disk_free() const override { return 1U << 30U; }

 private:
  void put(store::Operation operation);
  void begin_soon();
  void begin();
  void commit();
  void apply();
  void reply_all(std::vector<store::Operation> done, bool wrote_events);
  void keep_snapshot();
  void put_snapshot_back();

  Settings settings_;
  store::Settings writer_settings_;
  World& world_;
  Owner owner_;
  Disk& disk_;
  store::Writer writer_;
  store::Reader reader_;
  const std::string incarnation_ = "simulation";
  std::deque<store::Operation> queue_;
  std::vector<store::Operation> batch_;  ///< On its way to the disk.
  std::optional<std::int64_t> published_;
  std::optional<std::int64_t> publishing_;
  std::function<void()> listener_;
  bool busy_ = false;
  bool wrote_events_ = false;
  std::vector<unsigned char> snapshot_;
};

}  // namespace salam::simulation
