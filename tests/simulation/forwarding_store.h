#pragma once

#include <utility>

#include "gateway/store/store.h"

namespace salam::simulation {

/// A store that hands everything on.
class ForwardingStore : public store::Store {
 public:
  explicit ForwardingStore(store::Store& store) : store_(store) {}

  void accept(store::Intake intake, std::function<void(store::AcceptOutcome)> handler) override {
    store_.accept(std::move(intake), std::move(handler));
  }
  void update(RequestKey key, Transition transition, std::function<void(store::UpdateOutcome)> handler) override {
    store_.update(key, std::move(transition), std::move(handler));
  }
  void update_once(RequestKey key, Transition transition, store::IdempotentAnswer identity,
                   std::function<store::IdempotentAnswer(store::IdempotentAnswer, const store::Updated&)> answer,
                   std::function<void(store::UpdateOutcome)> handler) override {
    store_.update_once(key, std::move(transition), std::move(identity), std::move(answer), std::move(handler));
  }
  void put_meeting(Meeting meeting, std::function<void(Result<bool>)> handler) override {
    store_.put_meeting(std::move(meeting), std::move(handler));
  }
  void put_invitation(const std::string& meeting, const Invitation& invitation,
                      const std::function<void(store::InvitationOutcome)>& handler) override {
    store_.put_invitation(meeting, invitation, handler);
  }
  void approve_invitation(const store::ApprovingInvitation& approving, const store::IdempotentAnswer& identity,
                          const std::function<store::IdempotentAnswer(store::IdempotentAnswer, const InvitationRecord&)>& answer,
                          const std::function<void(store::InvitationOutcome)>& handler) override {
    store_.approve_invitation(approving, identity, answer, handler);
  }
  void write_invitations(const store::Invite& invite, const std::function<void(Result<store::Invited>)>& handler) override {
    store_.write_invitations(invite, handler);
  }
  void mark_published(std::int64_t position) override { store_.mark_published(position); }
  void note_attempt(RequestKey key, Attempt attempt) override { store_.note_attempt(key, std::move(attempt)); }
  void attach(store::NewAttachment attachment, std::function<void(store::AttachOutcome)> handler) override {
    store_.attach(std::move(attachment), std::move(handler));
  }
  void on_events(std::function<void()> listener) override { store_.on_events(std::move(listener)); }
  void close() override { store_.close(); }

  std::optional<Meeting> meeting(std::string_view id) override { return store_.meeting(id); }
  std::optional<Record> find(const Uuid& id) override { return store_.find(id); }
  std::optional<Record> find(RequestKey key) override { return store_.find(key); }
  std::optional<Message> message(RequestKey request, std::int64_t id) override { return store_.message(request, id); }
  std::vector<Record> find_by_code(std::string_view code) override { return store_.find_by_code(code); }
  std::string original(RequestKey key) override { return store_.original(key); }
  std::vector<Attachment> attachments(RequestKey key) override { return store_.attachments(key); }
  std::vector<Record> list(const store::RequestFilter& filter, RequestKey before, int limit) override {
    return store_.list(filter, before, limit);
  }
  std::vector<store::HistoryEntry> history(RequestKey key, std::int64_t after_sequence, int limit) override {
    return store_.history(key, after_sequence, limit);
  }
  std::vector<Attempt> attempts(RequestKey key, int limit) override { return store_.attempts(key, limit); }
  std::vector<store::AttentionItem> attention(std::optional<AttentionReason> reason, std::optional<Region> region, std::int64_t after,
                                              int limit) override {
    return store_.attention(reason, region, after, limit);
  }
  std::vector<Task> tasks(Lane lane, bool retries, const std::set<std::int64_t>& except, int limit) override {
    return store_.tasks(lane, retries, except, limit);
  }
  std::vector<OutboxEvent> outbox(std::int64_t after, int limit) override { return store_.outbox(after, limit); }
  store::OutboxState outbox_state() override { return store_.outbox_state(); }
  std::optional<store::IdempotentAnswer> answered(std::string_view caller, std::string_view key) override {
    return store_.answered(caller, key);
  }
  store::Counts counts() override { return store_.counts(); }
  [[nodiscard]] const std::string& incarnation() const override { return store_.incarnation(); }
  [[nodiscard]] std::string keyed_hash(std::string_view purpose, std::string_view text) const override {
    return store_.keyed_hash(purpose, text);
  }
  [[nodiscard]] std::size_t queued() const override { return store_.queued(); }
  [[nodiscard]] std::uint64_t disk_free() const override { return store_.disk_free(); }

 private:
  store::Store& store_;
};

}  // namespace salam::simulation
