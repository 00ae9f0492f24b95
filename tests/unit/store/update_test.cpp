#include "tests/unit/store/support.h"

namespace salam::store::test {
namespace {

class Update : public OpenStore {
 protected:
  Update() : key_(calls().accepted(intake("1")).request.key) {}
  RequestKey key_;
};

class UpdateBatch : public WriterAlone {};

const auto one_event = [](Change& change) { change.events.push_back({.type = EventType::told, .at = evening}); };

TEST_F(Update, KeepsEveryPartOfTheRequest) {
  const auto outcome = calls().update(key_, [](Change& change) {
    auto& after = change.after;
    after.content.region = Region::from_number(16).value();
    after.content.subject = Sensitive<std::string>("اصلاح شد");
    after.content.coordinates.reset();
    after.registration = {.state = RegistrationState::registered,
                          .system = System::service_desk,
                          .code = "D-9",
                          .token = "t",
                          .intent_at = evening,
                          .registered_at = evening + 1s,
                          .attempts = 3,
                          .reason = "137 refused it"};
    after.told = Told{.by = ToldBy::person, .code = "D-9", .at = evening + 2s, .person = "کریمی"};
  });
  ASSERT_TRUE(outcome.ok());

  const auto stored = store_->find(key_).value().request;
  EXPECT_EQ(stored.content.region.number(), 16);
  EXPECT_EQ(stored.content.subject.reveal(), "اصلاح شد");
  EXPECT_EQ(stored.content.coordinates, std::nullopt);
  EXPECT_EQ(stored.registration.state, RegistrationState::registered);
  EXPECT_EQ(stored.registration.system, System::service_desk);
  EXPECT_EQ(stored.registration.code, "D-9");
  EXPECT_EQ(stored.registration.token, "t");
  EXPECT_EQ(stored.registration.intent_at, evening);
  EXPECT_EQ(stored.registration.registered_at, evening + 1s);
  EXPECT_EQ(stored.registration.attempts, 3);
  EXPECT_EQ(stored.registration.reason, "137 refused it");
  EXPECT_EQ(stored.told.value().by, ToldBy::person);
  EXPECT_EQ(stored.told.value().at, evening + 2s);
  EXPECT_EQ(stored.told.value().person, "کریمی");
  EXPECT_EQ(stored.version, 2);
}

TEST_F(Update, LeavesEverythingAsItWasWhereTheTransitionFails) {
  const auto outcome = calls().update(key_, [](const Record&) -> Result<Change> { return Error{"wrong_state", "no"}; });
  EXPECT_EQ(outcome.error().code, "wrong_state");
  EXPECT_EQ(store_->find(key_).value().request.version, 1);
}

TEST_F(Update, PutsOffTheTaskOfARequestThatIsStillAsItCame) {
  const auto outcome = calls().update(key_, [](Change& change) {
    change.tasks_only = true;
    change.tasks = {registration_task(evening + 1min)};
  });
  ASSERT_TRUE(outcome.ok());
  const auto tasks = store_->tasks(Lane::system137, false, {}, 10);
  ASSERT_THAT(tasks, SizeIs(1));
  EXPECT_EQ(tasks[0].due, evening + 1min);
  EXPECT_EQ(tasks[0].id, outcome->tasks.at(0).id);
}

TEST_F(Update, SaysWhereThereIsNoSuchRequest) {
  EXPECT_EQ(calls().update(key_ + 1, [](Change&) {}).error().code, "not_found");
}

TEST_F(Update, NumbersEventsWithoutAGapAndFreezesThemAsTheRequestStands) {
  ASSERT_TRUE(calls()
                  .update(key_,
                          [](Change& change) {
                            change.after.registration.code = "A-1";
                            change.after.registration.state = RegistrationState::registered;
                            change.events = {{.type = EventType::registered, .at = evening}, {.type = EventType::told, .at = evening + 1s}};
                          })
                  .ok());
  ASSERT_TRUE(calls().update(key_, [](Change&) {}).ok());
  ASSERT_TRUE(calls().update(key_, one_event).ok());

  const auto history = store_->history(key_, 0, 10);
  ASSERT_THAT(history, SizeIs(4));
  for (std::size_t index = 0; index < history.size(); ++index) {
    EXPECT_EQ(history[index].sequence, static_cast<std::int64_t>(index) + 1);
  }
  EXPECT_THAT(history[0].data, testing::HasSubstr(R"("state":"waiting")"));
  EXPECT_THAT(history[1].data, testing::HasSubstr(R"("state":"registered")"));
  EXPECT_EQ(store_->find(key_).value().request.sequence, 4);
  EXPECT_EQ(store_->find(key_).value().request.version, 4);
  EXPECT_THAT(store_->history(key_, 3, 10), SizeIs(1));
}

TEST_F(UpdateBatch, RunsTransitionsOfOneRequestOneAfterTheOtherOnWhatTheFormerLeft) {
  apply(accepting(intake("1")));
  std::vector<std::int64_t> seen;
  const Transition count = [&seen](const Record& record) -> Result<Change> {
    seen.push_back(record.request.version);
    Change change{.after = record.request};
    change.after.registration.attempts += 1;
    one_event(change);
    return change;
  };
  const auto batch = apply(updating(1, count), updating(1, count), updating(1, count));

  EXPECT_THAT(seen, ElementsAre(1, 2, 3));
  EXPECT_EQ(updated(batch[2]).value().record.request.registration.attempts, 3);
  EXPECT_EQ(database_.number("SELECT max(sequence) FROM events"), 4);
}

TEST_F(UpdateBatch, KeepsTheOthersWhereOneTransitionThrows) {
  apply(accepting(intake("1")));
  const Transition defect = [](const Record&) -> Result<Change> { throw std::runtime_error("defect"); };
  const auto batch = apply(updating(1, changing(one_event)), updating(1, defect), updating(1, changing(one_event)));

  EXPECT_TRUE(updated(batch[0]).ok());
  EXPECT_EQ(updated(batch[1]).error().code, "internal");
  EXPECT_EQ(updated(batch[2]).value().record.request.sequence, 3);
}

TEST_F(Update, HasOneTaskForEachOfRegistrationClockAndMessage) {
  const auto outcome = calls().update(key_, [](Change& change) {
    change.tasks = {{.lane = Lane::service_desk, .due = evening + 1h},
                    {.lane = Lane::clock, .due = evening + 2h},
                    {.lane = Lane::sms, .due = evening, .message = 41},
                    {.lane = Lane::sms, .due = evening, .message = 42}};
  });
  ASSERT_THAT(outcome.value().tasks, SizeIs(4));
  EXPECT_THAT(store_->tasks(Lane::system137, false, {}, 10), IsEmpty());
  EXPECT_THAT(store_->tasks(Lane::service_desk, false, {}, 10), SizeIs(1));

  ASSERT_TRUE(calls()
                  .update(key_,
                          [](Change& change) {
                            change.tasks = {{.lane = Lane::sms_status, .due = evening + 3h, .message = 41}};
                            change.done = {{.lane = Lane::sms_status, .message = 42}, {.lane = Lane::clock}};
                          })
                  .ok());
  const auto waiting = store_->tasks(Lane::sms_status, false, {}, 10);
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_EQ(waiting[0].message, 41);
  EXPECT_EQ(waiting[0].due, evening + 3h);
  EXPECT_THAT(store_->tasks(Lane::sms, false, {}, 10), IsEmpty());
  EXPECT_THAT(store_->tasks(Lane::clock, false, {}, 10), IsEmpty());
  EXPECT_THAT(store_->tasks(Lane::service_desk, false, {}, 10), SizeIs(1));
}

TEST_F(Update, NeverGivesATasksNumberToAnother) {
  const auto first = store_->tasks(Lane::system137, false, {}, 1).at(0).id;
  ASSERT_TRUE(calls().update(key_, [](Change& change) { change.done = {registration_task()}; }).ok());
  const auto again = calls().update(key_, [](Change& change) { change.tasks = {registration_task()}; });
  EXPECT_GT(again.value().tasks.at(0).id, first);
}

TEST_F(Update, AddsAndChangesMessagesOldestFirst) {
  const auto message = [](std::int64_t id, MessageState state) {
    return Message{.id = id,
                   .kind = MessageKind::holding,
                   .code = "1234567890",
                   .mobile = Sensitive<std::string>("+989131234567"),
                   .text = Sensitive<std::string>("متن"),
                   .parts = 1,
                   .state = state,
                   .created_at = evening};
  };
  ASSERT_TRUE(calls().update(key_, [&](Change& change) { change.messages = {message(900, MessageState::queued)}; }).ok());
  const auto outcome = calls().update(key_, [&](Change& change) {
    change.messages = {message(5, MessageState::queued), message(900, MessageState::sent)};
  });

  const auto check = [](const std::vector<Message>& messages) {
    ASSERT_THAT(messages, SizeIs(2));
    EXPECT_EQ(messages[0].id, 900);
    EXPECT_EQ(messages[0].state, MessageState::sent);
    EXPECT_EQ(messages[0].text.reveal(), "متن");
    EXPECT_EQ(messages[1].id, 5);
  };
  check(outcome.value().record.messages);
  check(store_->find(key_).value().messages);
  EXPECT_EQ(store_->message(key_, 5).value().code, "1234567890");
  EXPECT_FALSE(store_->message(key_, 6).has_value());
}

TEST_F(Update, RaisesAttentionOnceAndSettlesIt) {
  const auto raise = [](Change& change) { change.raised = {{AttentionReason::uncertain, evening + 1h, "timeout"}}; };
  ASSERT_TRUE(calls().update(key_, raise).ok());
  clock_.advance(1min);
  ASSERT_TRUE(calls().update(key_, raise).ok());

  const auto items = store_->attention({}, {}, 0, 10);
  ASSERT_THAT(items, SizeIs(1));
  EXPECT_EQ(items[0].record.request.key, key_);
  EXPECT_EQ(items[0].since, evening);
  EXPECT_EQ(items[0].due, evening + 1h);
  EXPECT_EQ(items[0].detail, "timeout");
  EXPECT_THAT(store_->find(key_).value().request.attention, ElementsAre(AttentionReason::uncertain));

  ASSERT_TRUE(calls()
                  .update(key_,
                          [](Change& change) {
                            change.settled = {{AttentionReason::uncertain, evening, "کریمی", "found"}};
                          })
                  .ok());
  EXPECT_THAT(store_->attention({}, {}, 0, 10), IsEmpty());
  EXPECT_THAT(store_->find(key_).value().request.attention, IsEmpty());

  ASSERT_TRUE(calls().update(key_, raise).ok());
  EXPECT_THAT(store_->attention({}, {}, 0, 10), SizeIs(1));
}

TEST_F(Update, KeepsAttemptsInTheirOrder) {
  ASSERT_TRUE(
      calls().update(key_, [](Change& change) { change.attempt = Attempt{"137", "register", evening, 120ms, "registered", "201"}; }).ok());
  store_->note_attempt(key_, {"137", "look_up", evening, 30ms, "found", ""});
  store_->note_attempt(key_ + 100, {"137", "look_up", evening, 30ms, "found", ""});
  ASSERT_TRUE(calls().update(key_, [](Change&) {}).ok());

  const auto attempts = store_->attempts(key_, 10);
  ASSERT_THAT(attempts, SizeIs(2));
  EXPECT_EQ(attempts[0].action, "register");
  EXPECT_EQ(attempts[0].took, 120ms);
  EXPECT_EQ(attempts[1].action, "look_up");
}

TEST_F(Update, CountsRequestsWhereTheyStand) {
  calls().accepted(intake("2"));
  ASSERT_TRUE(calls()
                  .update(key_,
                          [](Change& change) {
                            change.after.registration.state = RegistrationState::registered;
                            change.after.registration.code = "A";
                            change.after.told = Told{.by = ToldBy::sms, .code = "A", .at = evening};
                            change.raised = {{AttentionReason::no_contact, evening, ""}};
                          })
                  .ok());
  const auto counts = store_->counts();
  EXPECT_EQ(counts.meetings, 1);
  EXPECT_EQ(counts.requests, 2);
  EXPECT_EQ(counts.told, 1);
  EXPECT_THAT(counts.by_state, ElementsAre(testing::Pair("waiting", 1), testing::Pair("registered", 1)));
  EXPECT_THAT(counts.by_system, ElementsAre(testing::Pair("137", 1)));
  EXPECT_THAT(counts.attention, ElementsAre(testing::Pair("no_contact", 1)));
  EXPECT_THAT(counts.tasks, ElementsAre(testing::Pair(to_string(Lane::system137), 2)));
  EXPECT_EQ(counts.oldest_attention, evening);
  EXPECT_EQ(counts.oldest_due_task, evening);
}

class UpdateOnce : public Update {
 protected:
  UpdateOutcome once(std::string key, Transition transition = changing(one_event)) {
    return Calls::wait<UpdateOutcome>([&](auto handler) {
      store_->update_once(key_, std::move(transition), {.caller = "office", .key = std::move(key), .fingerprint = "f"}, answer_,
                          std::move(handler));
    });
  }
  std::function<IdempotentAnswer(IdempotentAnswer, const Updated&)> answer_ = [](IdempotentAnswer identity, const Updated& updated) {
    identity.status = 200;
    identity.body = "version " + std::to_string(updated.record.request.version);
    return identity;
  };
};

TEST_F(UpdateOnce, KeepsTheAnswerForThatCallerAndKey) {
  ASSERT_TRUE(once("k1").ok());
  const auto answer = store_->answered("office", "k1").value();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "version 2");
  EXPECT_EQ(answer.fingerprint, "f");
  EXPECT_FALSE(store_->answered("office", "k2"));
  EXPECT_FALSE(store_->answered("other", "k1"));
}

TEST_F(UpdateOnce, RunsTheTransitionOnlyOnceForAKey) {
  ASSERT_TRUE(once("k1").ok());
  EXPECT_EQ(once("k1").error().code, "answer_kept");
  EXPECT_EQ(store_->find(key_).value().request.version, 2);
}

TEST_F(UpdateOnce, KeepsNothingWhereTheTransitionFails) {
  EXPECT_FALSE(once("k1", [](const Record&) -> Result<Change> { return Error{"wrong_state", ""}; }).ok());
  EXPECT_FALSE(store_->answered("office", "k1"));
}

TEST_F(UpdateOnce, TakesBackTheChangeWhereTheAnswerThrows) {
  answer_ = [](const IdempotentAnswer&, const Updated&) -> IdempotentAnswer { throw std::runtime_error("defect"); };
  EXPECT_EQ(once("k1").error().code, "internal");
  EXPECT_EQ(store_->find(key_).value().request.version, 1);
  EXPECT_EQ(store_->counts().requests, 1);
  EXPECT_THAT(store_->history(key_, 0, 10), SizeIs(1));
}

TEST_F(UpdateOnce, ForgetsTheAnswerAfterSevenDays) {
  ASSERT_TRUE(once("k1").ok());
  clock_.advance(answer_lifetime - 1ms);
  EXPECT_TRUE(store_->answered("office", "k1"));
  clock_.advance(1ms);
  EXPECT_FALSE(store_->answered("office", "k1"));
  EXPECT_TRUE(once("k1").ok());
}

}  // namespace
}  // namespace salam::store::test
