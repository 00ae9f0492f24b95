#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/store/database.h"
#include "gateway/store/operations.h"
#include "gateway/store/schema.h"
#include "gateway/store/store.h"
#include "gateway/store/writer.h"

namespace salam::store::test {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

inline constexpr Timestamp evening{std::chrono::milliseconds{1'790'000'000'000}};

class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "salam-store-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  [[nodiscard]] std::string database() const { return (path_ / "salam.db").string(); }

 private:
  std::filesystem::path path_;
};

class SetClock : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return Timestamp(Milliseconds(now_.load())); }
  [[nodiscard]] Steady steady() const override { return {}; }
  void advance(Milliseconds by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_ = evening.time_since_epoch().count();
};

class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) : engine_(seed) {}
  std::uint64_t bits() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

inline Meeting meeting(std::string id = "m1") {
  using namespace std::chrono;
  return {.id = std::move(id), .region = Region::from_number(5).value(), .mosque = "مسجد جامع", .date = 2026y / November / 24d};
}

inline Task registration_task(Timestamp due = evening) { return {.lane = Lane::system137, .due = due}; }

/// What intake would decide: one event, one task.
inline Change first_change(Request request) {
  request.due = evening + std::chrono::hours{24 * 90};
  return {.after = std::move(request), .tasks = {registration_task()}, .events = {{.type = EventType::received, .at = evening}}};
}

inline Intake intake(std::string form, int item = 1, std::string fingerprint = "v1:a", std::string meeting_id = "m1") {
  Content content{.region = Region::from_number(7).value()};
  content.kind = Kind::complaint;
  content.subject = Sensitive<std::string>("آسفالت");
  content.description = Sensitive<std::string>("کوچه آسفالت ندارد");
  content.citizen.name = Sensitive<std::string>("زهرا");
  content.citizen.mobile = Sensitive<std::string>("+989131234567");
  content.coordinates = Coordinates{32.65, 51.67};
  return {.form_item = {.meeting = std::move(meeting_id), .form = std::move(form), .item = item},
          .received_from = "tablet",
          .original = R"({"form":"original"})",
          .fingerprint = std::move(fingerprint),
          .content = std::move(content),
          .route = {.system = System::system137, .rule = "default", .digest = "d1", .category = "asphalt"},
          .citizen_hash = "abc",
          .traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          .first_change = first_change};
}

inline NewAttachment scan(RequestKey request, std::string content = "%PDF-1.7 form") {
  return {.request = request,
          .attachment = {.digest = {},
                         .media_type = "application/pdf",
                         .name = Sensitive<std::string>("فرم.pdf"),
                         .url = {},
                         .added_at = evening,
                         .added_by = "tablet"},
          .content = std::move(content)};
}
inline NewAttachment link(RequestKey request, std::string url = "https://photos.isfahan.ir/1.jpg") {
  auto attachment = scan(request, "");
  attachment.attachment.media_type.clear();
  attachment.attachment.url = Sensitive<std::string>(std::move(url));
  return attachment;
}

/// A transition that only changes the request.
inline Transition changing(std::function<void(Change&)> edit) {
  return [edit = std::move(edit)](const Record& record) -> Result<Change> {
    Change change{.after = record.request};
    edit(change);
    return change;
  };
}

/// The store's asynchronous calls, waited for.
struct Calls {
  Store& store;

  AcceptOutcome accept(Intake intake) const {
    return wait<AcceptOutcome>([&](auto handler) { store.accept(std::move(intake), std::move(handler)); });
  }
  UpdateOutcome update(RequestKey key, Transition transition) const {
    return wait<UpdateOutcome>([&](auto handler) { store.update(key, std::move(transition), std::move(handler)); });
  }
  UpdateOutcome update(RequestKey key, std::function<void(Change&)> edit) const { return update(key, changing(std::move(edit))); }
  Result<bool> put(Meeting meeting) const {
    return wait<Result<bool>>([&](auto handler) { store.put_meeting(std::move(meeting), std::move(handler)); });
  }
  AttachOutcome attach(NewAttachment attachment) const {
    return wait<AttachOutcome>([&](auto handler) { store.attach(std::move(attachment), std::move(handler)); });
  }
  std::optional<std::string> read(const Attachment& file) const {
    return wait<std::optional<std::string>>([&](auto handler) { store.read_file(file, std::move(handler)); });
  }
  Record accepted(Intake intake) const { return std::get<Accepted>(accept(std::move(intake))).record; }

  template <class Outcome, class Call>
  static Outcome wait(Call call) {
    auto promise = std::make_shared<std::promise<Outcome>>();
    auto future = promise->get_future();
    call([promise](Outcome outcome) { promise->set_value(std::move(outcome)); });
    return future.get();
  }
};

/// A store in a directory of its own, with the meeting `m1`.
class OpenStore : public testing::Test {
 protected:
  OpenStore() { start(); }

  void start(Settings settings = {}) {
    store_.reset();
    settings.path = directory_.database();
    store_ = open(settings, clock_, random_).value();
    EXPECT_TRUE(calls().put(meeting()).ok());
  }
  [[nodiscard]] Calls calls() const { return {*store_}; }

  Directory directory_;
  SetClock clock_;
  SeededRandom random_;
  std::unique_ptr<Store> store_;
};

/// The writer without queue and threads.
class WriterAlone : public testing::Test {
 protected:
  WriterAlone() : database_(directory_.database(), Database::Access::write) {
    migrate(database_, clock_, random_);
    writer_.emplace(database_, settings_, clock_, random_);
    std::vector<Operation> batch;
    batch.emplace_back(MeetingOperation{meeting(), [](const Result<bool>&) {}});
    writer_->apply(batch);
  }

  static Operation accepting(Intake intake) {
    return AcceptOperation{std::move(intake), [](const AcceptOutcome&) {}};
  }
  static Operation updating(RequestKey key, Transition transition) {
    return UpdateOperation{key, std::move(transition), [](const UpdateOutcome&) {}};
  }
  static const AcceptOutcome& accepted(const Operation& operation) { return std::get<AcceptOperation>(operation).outcome.value(); }
  static const UpdateOutcome& updated(const Operation& operation) { return std::get<UpdateOperation>(operation).outcome.value(); }

  template <class... Operations>
  std::vector<Operation> apply(Operations... operations) {
    std::vector<Operation> batch;
    (batch.push_back(std::move(operations)), ...);
    writer_->apply(batch);
    return batch;
  }

  Directory directory_;
  SetClock clock_;
  SeededRandom random_;
  Settings settings_;
  Database database_;
  std::optional<Writer> writer_;
};

}  // namespace salam::store::test
