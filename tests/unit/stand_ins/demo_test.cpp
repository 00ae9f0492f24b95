#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stand_ins/demo/row.h"
#include "tests/stand_ins/demo/table.h"

namespace salam::stand_ins::demo {
namespace {

Row row_of(const std::string& state, const std::string& told_by, std::set<std::string> attention) {
  Row row;
  row.state = state;
  row.told_by = told_by;
  row.attention = std::move(attention);
  return row;
}

TEST(Row, IsSettledOnceRegisteredAndTold) {
  EXPECT_TRUE(row_of("registered", "sms", {}).settled());
  EXPECT_FALSE(row_of("registered", "", {}).settled());
  EXPECT_FALSE(row_of("waiting", "sms", {}).settled());
  EXPECT_FALSE(row_of("pending", "", {}).settled());
}

TEST(Row, IsDoneOnceItsSystemIs) {
  auto row = row_of("registered", "sms", {});
  EXPECT_FALSE(row.done());
  row.progress = "in_progress";
  EXPECT_FALSE(row.done());
  row.progress = "resolved";
  EXPECT_TRUE(row.done());
  row.told_by.clear();
  EXPECT_FALSE(row.done());
  EXPECT_TRUE(row_of("held", "", {"refused"}).done());
}

TEST(Row, IsSettledWhereOnlyAPersonCanHelp) {
  EXPECT_TRUE(row_of("registered", "", {"no_contact"}).settled());
  EXPECT_TRUE(row_of("registered", "", {"undelivered"}).settled());
  EXPECT_TRUE(row_of("held", "", {"refused"}).settled());
  EXPECT_TRUE(row_of("uncertain", "", {"uncertain"}).settled());
}

TEST(Row, IsNotSettledByAMissingNumberBeforeItIsRegistered) { EXPECT_FALSE(row_of("waiting", "", {"no_contact"}).settled()); }

TEST(Row, IsReadFromTheGatewaysView) {
  auto view = parse(R"({"id":"a","form":"12","item":2,"subject":"s","tracking_code":"1234567890","route":{"system":"137"},
    "registration":{"state":"registered","system":"service_desk","code":"SD-1"},"progress":{"state":"in_progress"},"told":{"by":"sms","code":"SD-1"},
    "attention":["undelivered"],"messages":[{"state":"failed"},{"state":"delivered"}]})",
                    "test");
  auto row = read_row(view);
  EXPECT_EQ(row.form, "12/2");
  EXPECT_EQ(row.routed_to, "137");
  EXPECT_EQ(row.system, "service_desk");
  EXPECT_EQ(row.code, "SD-1");
  EXPECT_EQ(row.progress, "in_progress");
  EXPECT_EQ(row.told_code, "SD-1");
  EXPECT_EQ(row.message, "delivered");
  EXPECT_THAT(row.attention, testing::ElementsAre("undelivered"));
}

TEST(Columns, CountWhatATerminalShows) {
  EXPECT_EQ(columns_of("abc"), 3U);
  EXPECT_EQ(columns_of("سلام"), 4U);
  EXPECT_EQ(columns_of("خط\u200cکشی"), 5U);
  EXPECT_EQ(columns_of("سَلام"), 4U);
  EXPECT_EQ(columns_of("漢字"), 4U);
}

TEST(Columns, AreKeptWhenATextIsShortened) {
  EXPECT_EQ(shortened("سلام", 4), "سلام");
  EXPECT_EQ(shortened("سلامتی شما", 5), "سلام…");
  EXPECT_EQ(columns_of(shortened("درخواست ملاقات حضوری با شهردار", 12)), 12U);
}

}  // namespace
}  // namespace salam::stand_ins::demo
