#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/database.h"
#include "gateway/store/store.h"

namespace salam::store {

/// The store's questions, as `Store` describes them, on one connection. Each runs in one short read transaction, or is one statement.
class Reader {
 public:
  explicit Reader(Database& database) : database_(database) {}

  std::optional<Meeting> meeting(std::string_view id);
  std::optional<MeetingRecord> meeting_record(std::string_view id);
  std::vector<MeetingRecord> meetings(std::optional<Region> region, std::int64_t after, int limit);
  std::vector<MeetingDeadline> deadlines(const DeadlineFilter& filter, std::int64_t after, int limit, Timestamp now);
  std::vector<DeadlineCount> deadline_counts(Timestamp now);
  std::optional<InvitationRecord> invitation(std::string_view meeting);
  std::vector<FormRow> printed_forms(std::string_view meeting, std::int64_t after, int limit);
  std::optional<Meeting> meeting_of_form(TrackingCode code);
  std::optional<Record> find(const Uuid& id);
  std::optional<Record> find(RequestKey key);
  std::optional<Message> message(RequestKey request, std::int64_t id);
  std::optional<MessageKey> message_on_the_way(std::string_view provider, std::string_view provider_id);
  std::vector<Record> find_by_code(std::string_view code);
  std::string original(RequestKey key);
  std::optional<Record> newest_registered(System system);
  std::vector<Attachment> attachments(RequestKey key);
  std::optional<Attachment> attached_file(std::string_view digest);
  std::vector<Record> list(const RequestFilter& filter, RequestKey before, int limit);
  std::vector<RequestKey> report_keys(const ReportScope& scope);
  std::vector<Record> records(std::span<const RequestKey> keys);
  std::vector<std::string> typed_forms(std::string_view meeting);
  std::vector<HistoryEntry> history(RequestKey key, std::int64_t after_sequence, int limit);
  std::vector<Attempt> attempts(RequestKey key, int limit);
  std::vector<DueItem> due(const DueFilter& filter, const DuePlace& after, int limit);
  SearchPage search(const Search& wanted, RequestKey before, int limit);
  std::vector<FormerContent> versions(RequestKey key);
  std::vector<AttentionItem> attention(std::optional<AttentionReason> reason, std::optional<Region> region, std::int64_t after, int limit);
  std::vector<Task> tasks(Lane lane, bool retries, const std::set<std::int64_t>& except, int limit);
  std::vector<OutboxEvent> outbox(std::int64_t after, int limit);
  OutboxState outbox_state();
  std::optional<IdempotentAnswer> answered(std::string_view caller, std::string_view key, Timestamp now);
  Counts counts();
  /// The counts that no tally is kept of: attention, tasks, meetings.
  void count_open(Counts& counts);

 private:
  std::vector<Record> records(Query& rows);

  Database& database_;
};

}  // namespace salam::store
