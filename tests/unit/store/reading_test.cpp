#include "tests/unit/store/support.h"

namespace salam::store::test {
namespace {

class Reading : public OpenStore {
 protected:
  std::vector<RequestKey> accept(int count) {
    std::vector<RequestKey> keys;
    for (int form = 1; form <= count; ++form) {
      keys.push_back(calls().accepted(intake(std::to_string(form))).request.key);
    }
    return keys;
  }
  void register_with(RequestKey key, const std::string& code) {
    ASSERT_TRUE(calls()
                    .update(key,
                            [&](Change& change) {
                              change.after.registration.state = RegistrationState::registered;
                              change.after.registration.code = code;
                            })
                    .ok());
  }
  std::vector<RequestKey> listed(const RequestFilter& filter, RequestKey before = 0, int limit = 10) {
    std::vector<RequestKey> keys;
    for (const auto& record : store_->list(filter, before, limit)) {
      keys.push_back(record.request.key);
    }
    return keys;
  }
};

TEST_F(Reading, FindsByTheGatewaysCodeInAnySpelling) {
  const auto record = calls().accepted(intake("1"));
  for (const auto& spelling : {record.request.code.digits(), record.request.code.for_people()}) {
    const auto found = store_->find_by_code(spelling);
    ASSERT_THAT(found, SizeIs(1)) << spelling;
    EXPECT_EQ(found[0].request.key, record.request.key);
  }
  EXPECT_THAT(store_->find_by_code("nothing"), IsEmpty());
  EXPECT_THAT(store_->find_by_code(""), IsEmpty());
}

TEST_F(Reading, FindsEachRequestThatAnUpstreamGaveThisCode) {
  const auto keys = accept(3);
  register_with(keys[0], "4711");
  register_with(keys[2], "4711");

  EXPECT_THAT(store_->find_by_code("4711"), SizeIs(2));
  EXPECT_THAT(store_->find_by_code("۴۷۱۱"), SizeIs(2));
}

TEST_F(Reading, ListsNewestFirstPageByPage) {
  const auto keys = accept(5);
  EXPECT_THAT(listed({}, 0, 2), ElementsAre(keys[4], keys[3]));
  EXPECT_THAT(listed({}, keys[3], 2), ElementsAre(keys[2], keys[1]));
  EXPECT_THAT(listed({}, keys[1], 2), ElementsAre(keys[0]));
  EXPECT_THAT(listed({}, keys[0], 2), IsEmpty());
}

TEST_F(Reading, FiltersByEachPropertyAndAllTogether) {
  const auto keys = accept(3);
  register_with(keys[0], "A");
  ASSERT_TRUE(calls()
                  .update(keys[1],
                          [](Change& change) {
                            change.after.registration.system = System::service_desk;
                            change.after.content.region = Region::from_number(16).value();
                            change.after.told = Told{.by = ToldBy::sms, .code = "x", .at = evening};
                          })
                  .ok());
  EXPECT_THAT(listed({.meeting = "m1"}), ElementsAre(keys[2], keys[1], keys[0]));
  EXPECT_THAT(listed({.meeting = "m2"}), IsEmpty());
  EXPECT_THAT(listed({.region = Region::from_number(16)}), ElementsAre(keys[1]));
  EXPECT_THAT(listed({.system = System::service_desk}), ElementsAre(keys[1]));
  EXPECT_THAT(listed({.state = RegistrationState::registered}), ElementsAre(keys[0]));
  EXPECT_THAT(listed({.state = RegistrationState::waiting}), ElementsAre(keys[2], keys[1]));
  EXPECT_THAT(listed({.told = true}), ElementsAre(keys[1]));
  EXPECT_THAT(listed({.told = false}), ElementsAre(keys[2], keys[0]));
  EXPECT_THAT(listed({.form = "3"}), ElementsAre(keys[2]));
  EXPECT_THAT(listed({.meeting = "m1",
                      .region = Region::from_number(16),
                      .system = System::service_desk,
                      .state = RegistrationState::waiting,
                      .told = true,
                      .form = "2"}),
              ElementsAre(keys[1]));
}

TEST_F(Reading, ShowsAttentionMostUrgentFirstPageByPage) {
  const auto keys = accept(3);
  const auto raise = [&](RequestKey key, AttentionReason reason, Timestamp due) {
    ASSERT_TRUE(calls().update(key, [&](Change& change) { change.raised = {{reason, due, ""}}; }).ok());
  };
  raise(keys[0], AttentionReason::by_hand, evening);
  raise(keys[1], AttentionReason::uncertain, evening + 2h);
  raise(keys[2], AttentionReason::uncertain, evening + 1h);

  const auto first = store_->attention({}, {}, 0, 2);
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[0].record.request.key, keys[2]);
  EXPECT_EQ(first[1].record.request.key, keys[1]);
  const auto second = store_->attention({}, {}, first[1].id, 2);
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].record.request.key, keys[0]);

  EXPECT_THAT(store_->attention(AttentionReason::by_hand, {}, 0, 10), SizeIs(1));
  EXPECT_THAT(store_->attention({}, Region::from_number(7), 0, 10), SizeIs(3));
  EXPECT_THAT(store_->attention({}, Region::from_number(8), 0, 10), IsEmpty());
}

TEST_F(Reading, GivesALanesTasksByDueTimeWithoutThoseAtHand) {
  const auto keys = accept(3);
  ASSERT_TRUE(calls().update(keys[2], [](Change& change) { change.tasks = {registration_task(evening - 1h)}; }).ok());

  const auto all = store_->tasks(Lane::system137, false, {}, 10);
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].request, keys[2]);
  EXPECT_EQ(all[1].request, keys[0]);
  const auto others = store_->tasks(Lane::system137, false, {all[0].id, all[1].id}, 1);
  ASSERT_THAT(others, SizeIs(1));
  EXPECT_EQ(others[0].request, keys[1]);
}

TEST_F(Reading, GivesNewTasksAndRetriesEachByThemselves) {
  const auto keys = accept(3);
  ASSERT_TRUE(calls()
                  .update(keys[0],
                          [](Change& change) {
                            change.tasks = {registration_task(evening - 1h)};
                            change.tasks[0].retry = true;
                          })
                  .ok());
  EXPECT_THAT(store_->tasks(Lane::system137, false, {}, 10), SizeIs(2));
  const auto retries = store_->tasks(Lane::system137, true, {}, 10);
  ASSERT_THAT(retries, SizeIs(1));
  EXPECT_EQ(retries[0].request, keys[0]);
  EXPECT_TRUE(retries[0].retry);
}

TEST_F(Reading, HandsOutTheOutboxInOrderAndRemembersTheMark) {
  accept(3);
  const auto events = store_->outbox(0, 2);
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_LT(events[0].position, events[1].position);
  EXPECT_THAT(store_->outbox(events[1].position, 10), SizeIs(1));
  EXPECT_EQ(store_->outbox_state().published, 0);
  EXPECT_EQ(store_->outbox_state().oldest_unpublished, evening);

  store_->mark_published(events[1].position);
  store_->mark_published(events[0].position);
  store_->close();
  const auto state = store_->outbox_state();
  EXPECT_EQ(state.published, events[1].position);
  EXPECT_EQ(state.last, events[1].position + 1);
  EXPECT_TRUE(state.oldest_unpublished);
}

TEST_F(Reading, WritesTheMarkAloneWhereNothingElseComes) {
  accept(1);
  store_->mark_published(1);
  while (store_->outbox_state().published == 0) {
    std::this_thread::yield();
  }
  EXPECT_FALSE(store_->outbox_state().oldest_unpublished);
}

TEST_F(Reading, TellsOfNewEventsOnceTheyCanBeRead) {
  std::promise<std::size_t> seen;
  store_->on_events([&] { seen.set_value(store_->outbox(0, 10).size()); });
  accept(1);
  EXPECT_EQ(seen.get_future().get(), 1U);
  store_->on_events({});
}

TEST_F(Reading, HashesWithAKeyOfItsOwnAndKeepsPurposesApart) {
  const auto hash = store_->keyed_hash("mobile", "+98913");
  EXPECT_THAT(hash, SizeIs(64));
  EXPECT_EQ(store_->keyed_hash("mobile", "+98913"), hash);
  EXPECT_NE(store_->keyed_hash("body", "+98913"), hash);
  EXPECT_NE(store_->keyed_hash("mobile+", "98913"), hash);

  const auto incarnation = store_->incarnation();
  start();
  EXPECT_EQ(store_->keyed_hash("mobile", "+98913"), hash);
  EXPECT_EQ(store_->incarnation(), incarnation);
  EXPECT_TRUE(Uuid::parse(incarnation));

  const Directory elsewhere;
  const auto other = open({.path = elsewhere.database()}, clock_, random_).value();
  EXPECT_NE(other->keyed_hash("mobile", "+98913"), hash);
  EXPECT_NE(other->incarnation(), incarnation);
}

TEST_F(Reading, KnowsTheDisksFreeSpace) { EXPECT_GT(store_->disk_free(), 0U); }

}  // namespace
}  // namespace salam::store::test
