#include <map>
#include <set>

#include <gtest/gtest.h>

#include "adapters/upstream/open311.h"
#include "adapters/upstream/open311_reply.h"
#include "tests/unit/upstream/bad_answers.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

const std::string json_item = R"([{"external_id":")" + sample_code.digits() + R"(","service_request_id":)";
const std::string xml_item = "<service_requests><request><external_id>" + sample_code.digits() + "</external_id><service_request_id>";
const std::string xml_end = "</service_request_id></request></service_requests>";
const ReplyForm json_receipt{"application/json", R"([{"service_request_id":)", "}]"};
const ReplyForm json_list{"application/json", json_item, "}]"};
const ReplyForm xml_receipt{"text/xml", "<service_requests><request><service_request_id>", xml_end};
const ReplyForm xml_list{"text/xml", xml_item, xml_end};

struct Case {
  ReplyFormat format;
  BadAnswer answer;
};

std::vector<Case> in(ReplyFormat format, const ReplyForm& form) {
  std::vector<Case> cases;
  for (auto& answer : bad_answers(form)) cases.push_back({format, std::move(answer)});
  return cases;
}

std::string name_of_case(const testing::TestParamInfo<Case>& info) { return info.param.answer.name; }

std::shared_ptr<const Protocol> open311(ReplyFormat format) {
  Open311Settings settings;
  settings.amend = {.updates = true, .sets_values = false, .lookup = true};
  settings.format = format;
  return make_open311(settings, std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, "other"));
}

class Open311Submit : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Json, Open311Submit, testing::ValuesIn(in(ReplyFormat::json, json_receipt)), name_of_case);
INSTANTIATE_TEST_SUITE_P(Xml, Open311Submit, testing::ValuesIn(in(ReplyFormat::xml, xml_receipt)), name_of_case);

TEST_P(Open311Submit, HasADefinedOutcomeForABadAnswer) {
  const auto& [format, answer] = GetParam();
  EXPECT_EQ(name_of(open311(format)->submit_answer(sample_request(), answer.response()).outcome), answer.submit);
}

TEST_P(Open311Submit, IsNoCodeForATokenWhereItIsNoneForASubmission) {
  const auto& [format, answer] = GetParam();
  const auto outcome = name_of(open311(format)->poll_answer("t", answer.response()).outcome);
  if (answer.submit == "registered") {
    EXPECT_EQ(outcome, "registered");
  } else {
    EXPECT_TRUE((std::set<std::string_view>{"not_yet", "try_later", "unclear"}.contains(outcome))) << outcome;
  }
}

TEST_P(Open311Submit, IsNoServiceList) {
  const auto services = read_services(GetParam().answer.response(), GetParam().format);
  EXPECT_FALSE(services) << services->size();
}

class Open311LookUp : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Json, Open311LookUp, testing::ValuesIn(in(ReplyFormat::json, json_list)), name_of_case);
INSTANTIATE_TEST_SUITE_P(Xml, Open311LookUp, testing::ValuesIn(in(ReplyFormat::xml, xml_list)), name_of_case);

TEST_P(Open311LookUp, HasADefinedOutcomeForABadAnswer) {
  const auto& [format, bad] = GetParam();
  const auto answer = open311(format)->look_up(sample_request())->feed(bad.response());
  ASSERT_TRUE(answer);
  EXPECT_EQ(name_of(answer->outcome), bad.look_up);
}

TEST_P(Open311LookUp, EndsAListingWithAReasonOrGivesTheCode) {
  const auto& [format, bad] = GetParam();
  std::vector<Held> held;
  const auto more = open311(format)->list(sample_request().received_at)->feed(bad.response(), held);
  if (!more) {
    EXPECT_TRUE(held.empty());
  }
  if (more) {
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].code.empty(), bad.look_up != "found");
  }
}

const ReplyForm json_update{"application/json", R"([{"description":")" + sample_mark + R"(","update_id":)", "}]"};
const ReplyForm xml_update{"text/xml", "<service_request_updates><request_update><description>" + sample_mark + "</description><update_id>",
                           "</update_id></request_update></service_request_updates>"};

class Open311Amend : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Json, Open311Amend, testing::ValuesIn(in(ReplyFormat::json, json_update)), name_of_case);
INSTANTIATE_TEST_SUITE_P(Xml, Open311Amend, testing::ValuesIn(in(ReplyFormat::xml, xml_update)), name_of_case);

TEST_P(Open311Amend, HasADefinedOutcomeForABadAnswer) {
  const auto& [format, bad] = GetParam();
  EXPECT_EQ(name_of(open311(format)->amend_answer(amended_request(), bad.response()).outcome), bad.amend());
}

TEST_P(Open311Amend, IsLookedUpWithADefinedOutcomeForABadAnswer) {
  const auto& [format, bad] = GetParam();
  const auto request = amended_request();
  const auto answer = open311(format)->look_up_amendment(request, request.received_at)->feed(bad.response());
  ASSERT_TRUE(answer);
  EXPECT_EQ(name_of(answer->outcome), bad.look_up_amendment());
}

}  // namespace
}  // namespace salam::upstream
