#include "adapters/kafka/event_log.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <spdlog/spdlog.h>

#include "adapters/kafka/client.h"
#include "adapters/kafka/record.h"

namespace salam::kafka {
namespace {

using Kind = EventLogError::Kind;
using Steady = std::chrono::steady_clock;
using Deadline = Steady::time_point;

/// How long giving a transaction up may take; then the next `open` does it.
constexpr Milliseconds abort_deadline{5'000};
/// The partition whose offset holds the position; every topic has it.
constexpr std::int32_t position_partition = 0;

int left(Deadline deadline) {
  const auto milliseconds = std::chrono::duration_cast<Milliseconds>(deadline - Steady::now()).count();
  return static_cast<int>(std::max<Milliseconds::rep>(milliseconds, 1));
}

/// Repeats a call for as long as librdkafka calls its error retriable and time is left.
template <class Call>
ErrorHandle repeated(Deadline deadline, Call call) {
  while (true) {
    ErrorHandle error(call(left(deadline)));
    if (!error || rd_kafka_error_is_retriable(error.get()) == 0 || Steady::now() >= deadline) return error;
    std::this_thread::sleep_for(Milliseconds{20});
  }
}

EventLogError failure(const char* doing, const rd_kafka_error_t& error) {
  const bool fatal = rd_kafka_error_is_fatal(&error) != 0;
  return {fatal ? Kind::fatal : Kind::retriable, std::string(doing) + ": " + rd_kafka_error_string(&error), 0};
}

EventLogError fatal(EventLogError error) {
  error.kind = Kind::fatal;
  return error;
}

/// The record itself is at fault, not the topic, the rights or the broker.
bool refuses_the_event(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR__BAD_MSG:
      return true;
    default:
      return false;
  }
}

bool topic_is_missing(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

/// What became of the records of one transaction.
struct Delivery {
  std::size_t persisted = 0;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;  ///< The first.
  std::int64_t position = 0;                               ///< Of the record it struck.

  void failed(rd_kafka_resp_err_t why, std::int64_t where) {
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    error = why;
    position = where;
  }
};

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& delivery = *static_cast<Delivery*>(opaque);
  const auto position = static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(message->_private));
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
    delivery.failed(message->err, position);
  else if (rd_kafka_message_status(message) != RD_KAFKA_MSG_STATUS_PERSISTED)
    delivery.failed(RD_KAFKA_RESP_ERR__TIMED_OUT, position);
  else
    ++delivery.persisted;
}

class KafkaEventLog final : public EventLog {
 public:
  explicit KafkaEventLog(Settings settings) : settings_(std::move(settings)) {}

  Result<std::optional<std::int64_t>, EventLogError> open() override;
  Result<void, EventLogError> publish(std::span<const OutboxEvent> run) override;

 private:
  using Outcome = Result<void, EventLogError>;
  enum class Pace { together, one_by_one };

  Outcome start_producer();
  Outcome find_topic(Deadline deadline);
  Result<std::optional<std::int64_t>, EventLogError> committed_position(Deadline deadline);

  Outcome one_by_one(std::span<const OutboxEvent> run, const std::string& why);
  Outcome transaction(std::span<const OutboxEvent> run, Pace pace);
  Outcome fill_transaction(std::span<const OutboxEvent> run, Pace pace, Deadline deadline);
  Outcome send(std::span<const OutboxEvent> run, Pace pace, Deadline deadline);
  rd_kafka_resp_err_t produce(const OutboxEvent& event, Deadline deadline);
  [[nodiscard]] Outcome delivered(std::size_t expected) const;
  Outcome send_position(std::int64_t position, Deadline deadline);
  Outcome give_up(EventLogError why);

  [[nodiscard]] EventLogError missing_topic() const {
    return {Kind::retriable, "topic " + settings_.topic + " is missing: run `salam-gateway topics create`", 0};
  }
  [[nodiscard]] PartitionsHandle position_entry() const {
    PartitionsHandle list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), settings_.topic.c_str(), position_partition);
    return list;
  }

  Settings settings_;
  Delivery delivery_;  ///< Written by librdkafka's calls on the relay's thread; outlives the producer.
  ClientHandle producer_;
};

// --- open -----------------------------------------------------------------------------------------------------------

Result<std::optional<std::int64_t>, EventLogError> KafkaEventLog::open() {
  const Deadline deadline = Steady::now() + settings_.open_deadline;
  if (auto started = start_producer(); !started) return std::move(started).error();
  auto ready = find_topic(deadline);
  if (ready) {
    if (const auto error = repeated(deadline, [&](int timeout) { return rd_kafka_init_transactions(producer_.get(), timeout); }))
      ready = failure("starting transactions", *error);
  }
  if (!ready) {
    producer_.reset();
    return std::move(ready).error();
  }
  auto position = committed_position(deadline);
  if (!position) producer_.reset();
  return position;
}

KafkaEventLog::Outcome KafkaEventLog::start_producer() {
  producer_.reset();
  auto conf = producer_conf(settings_);
  if (!conf) return EventLogError{Kind::retriable, conf.error().message, 0};
  rd_kafka_conf_set_opaque(conf->get(), &delivery_);
  rd_kafka_conf_set_dr_msg_cb(conf->get(), on_delivery);
  auto client = make_client(RD_KAFKA_PRODUCER, std::move(*conf));
  if (!client) return EventLogError{Kind::retriable, client.error().message, 0};
  producer_ = std::move(*client);
  return {};
}

/// A producer to a missing topic would wait without a word until its timeout.
KafkaEventLog::Outcome KafkaEventLog::find_topic(Deadline deadline) {
  const TopicHandle topic(rd_kafka_topic_new(producer_.get(), settings_.topic.c_str(), nullptr));
  if (!topic) return EventLogError{Kind::retriable, rd_kafka_err2str(rd_kafka_last_error()), 0};
  const rd_kafka_metadata_t* raw = nullptr;
  const auto asked = rd_kafka_metadata(producer_.get(), 0, topic.get(), &raw, left(deadline));
  const MetadataHandle metadata(raw);
  if (asked != RD_KAFKA_RESP_ERR_NO_ERROR)
    return EventLogError{Kind::retriable, std::string("the brokers do not answer: ") + rd_kafka_err2str(asked), 0};
  if (metadata->topic_cnt != 1) return missing_topic();
  const auto error = metadata->topics[0].err;
  if (topic_is_missing(error)) return missing_topic();
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return EventLogError{Kind::retriable, "topic " + settings_.topic + ": " + rd_kafka_err2str(error), 0};
  return {};
}

Result<std::optional<std::int64_t>, EventLogError> KafkaEventLog::committed_position(Deadline deadline) {
  auto conf = position_reader_conf(settings_);
  if (!conf) return EventLogError{Kind::retriable, conf.error().message, 0};
  auto reader = make_client(RD_KAFKA_CONSUMER, std::move(*conf));
  if (!reader) return EventLogError{Kind::retriable, reader.error().message, 0};
  // Asked again until the offset is stable: the markers of a transaction that was just fenced may still be under way.
  while (true) {
    const auto list = position_entry();
    auto error = rd_kafka_committed(reader->get(), list.get(), left(deadline));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = list->elems[0].err;
    const auto offset = list->elems[0].offset;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return offset < 0 ? std::nullopt : std::optional<std::int64_t>(offset);
    if (Steady::now() >= deadline)
      return EventLogError{Kind::retriable, "reading the position of group " + settings_.group + ": " + rd_kafka_err2str(error), 0};
    std::this_thread::sleep_for(Milliseconds{50});
  }
}

// --- publish --------------------------------------------------------------------------------------------------------

Result<void, EventLogError> KafkaEventLog::publish(std::span<const OutboxEvent> run) {
  if (!producer_) return EventLogError{Kind::fatal, "the event log is not open", 0};
  if (run.empty()) return {};
  auto outcome = transaction(run, Pace::together);
  if (!outcome && outcome.error().kind == Kind::refused && run.size() > 1) outcome = one_by_one(run, outcome.error().message);
  if (!outcome && outcome.error().kind == Kind::fatal) producer_.reset();
  return outcome;
}

/// A refusal strikes a whole batch, and may be meant for the batch's size alone: this shows which event it is, if any. With a new producer,
/// because the old one numbers records on from those that were refused, and trips over the gap.
KafkaEventLog::Outcome KafkaEventLog::one_by_one(std::span<const OutboxEvent> run, const std::string& why) {
  spdlog::warn("kafka: a batch was refused, its {} events are sent one by one: {}", run.size(), why);
  if (auto opened = open(); !opened) return fatal(std::move(opened).error());
  return transaction(run, Pace::one_by_one);
}

KafkaEventLog::Outcome KafkaEventLog::transaction(std::span<const OutboxEvent> run, Pace pace) {
  const Deadline deadline = Steady::now() + settings_.publish_deadline;
  if (const ErrorHandle error{rd_kafka_begin_transaction(producer_.get())}) return fatal(failure("beginning a transaction", *error));
  if (auto filled = fill_transaction(run, pace, deadline); !filled) return give_up(std::move(filled).error());
  if (const auto error = repeated(deadline, [&](int timeout) { return rd_kafka_commit_transaction(producer_.get(), timeout); }))
    return fatal(failure("committing a transaction", *error));  // Its outcome is known only by the position that `open` reads.
  return {};
}

KafkaEventLog::Outcome KafkaEventLog::fill_transaction(std::span<const OutboxEvent> run, Pace pace, Deadline deadline) {
  if (auto sent = send(run, pace, deadline); !sent) return sent;
  return send_position(run.back().position, deadline);
}

KafkaEventLog::Outcome KafkaEventLog::send(std::span<const OutboxEvent> run, Pace pace, Deadline deadline) {
  delivery_ = {};
  for (const auto& event : run) {
    if (const auto error = produce(event, deadline); error != RD_KAFKA_RESP_ERR_NO_ERROR) delivery_.failed(error, event.position);
    if (pace == Pace::one_by_one) rd_kafka_flush(producer_.get(), left(deadline));
    if (delivery_.error != RD_KAFKA_RESP_ERR_NO_ERROR) break;
  }
  rd_kafka_flush(producer_.get(), left(deadline));
  return delivered(run.size());
}

rd_kafka_resp_err_t KafkaEventLog::produce(const OutboxEvent& event, Deadline deadline) {
  auto headers = cloud_event_headers(event, settings_.source);
  std::array<rd_kafka_vu_t, 6> record{};
  record[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  record[0].u.cstr = settings_.topic.c_str();
  record[1].vtype = RD_KAFKA_VTYPE_KEY;
  record[1].u.mem = {const_cast<char*>(event.aggregate.data()), event.aggregate.size()};  // Copied, like the value.
  record[2].vtype = RD_KAFKA_VTYPE_VALUE;
  record[2].u.mem = {const_cast<char*>(event.data.data()), event.data.size()};
  record[3].vtype = RD_KAFKA_VTYPE_HEADERS;
  record[3].u.headers = headers.get();
  record[4].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  record[4].u.i = RD_KAFKA_MSG_F_COPY;
  record[5].vtype = RD_KAFKA_VTYPE_OPAQUE;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): librdkafka carries a number as a pointer.
  record[5].u.ptr = reinterpret_cast<void*>(static_cast<std::intptr_t>(event.position));
  while (true) {
    const ErrorHandle error(rd_kafka_produceva(producer_.get(), record.data(), record.size()));
    if (!error) {
      static_cast<void>(headers.release());  // The message owns them now.
      return RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    const auto code = rd_kafka_error_code(error.get());
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL || Steady::now() >= deadline) return code;
    rd_kafka_poll(producer_.get(), std::min(left(deadline), 100));
  }
}

KafkaEventLog::Outcome KafkaEventLog::delivered(std::size_t expected) const {
  const auto error = delivery_.error;
  if (refuses_the_event(error)) return EventLogError{Kind::refused, rd_kafka_err2str(error), delivery_.position};
  if (topic_is_missing(error)) return missing_topic();
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return EventLogError{Kind::retriable, "topic " + settings_.topic + ": " + rd_kafka_err2str(error), 0};
  if (delivery_.persisted != expected) return EventLogError{Kind::retriable, "the brokers did not acknowledge in time", 0};
  return {};
}

KafkaEventLog::Outcome KafkaEventLog::send_position(std::int64_t position, Deadline deadline) {
  const auto list = position_entry();
  list->elems[0].offset = position;
  const GroupHandle group(rd_kafka_consumer_group_metadata_new(settings_.group.c_str()));
  const auto error = repeated(
      deadline, [&](int timeout) { return rd_kafka_send_offsets_to_transaction(producer_.get(), list.get(), group.get(), timeout); });
  if (error) return failure("sending the position", *error);
  return {};
}

/// Aborts, so that the same log may be used again; where that fails, `open` must.
KafkaEventLog::Outcome KafkaEventLog::give_up(EventLogError why) {
  if (why.kind == Kind::fatal) return why;
  const Deadline deadline = Steady::now() + abort_deadline;
  const auto error = repeated(deadline, [&](int timeout) { return rd_kafka_abort_transaction(producer_.get(), timeout); });
  if (!error) return why;
  why.message += std::string("; aborting: ") + rd_kafka_error_string(error.get());
  return fatal(std::move(why));
}

}  // namespace

std::unique_ptr<EventLog> make_event_log(Settings settings) { return std::make_unique<KafkaEventLog>(std::move(settings)); }

}  // namespace salam::kafka
