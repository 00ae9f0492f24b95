#include <map>

#include <gtest/gtest.h>

#include "adapters/upstream/mapped_http.h"
#include "adapters/upstream/mapping_file.h"
#include "tests/unit/upstream/bad_answers.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

const ReplyForm ticket{"application/json", R"({"ticket":{"code":)", "}}"};
const ReplyForm tickets{"application/json", R"({"tickets":[{"external_id":")" + sample_code.digits() + R"(","code":)", "}]}"};

std::shared_ptr<const Protocol> desk() {
  return make_mapped_http(*parse_mapping(example("service_desk.toml"), ""), Sensitive<std::string>("secret"),
                          std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, "general"));
}

std::string name_of_case(const testing::TestParamInfo<BadAnswer>& info) { return info.param.name; }

class MappedSubmit : public testing::TestWithParam<BadAnswer> {};
INSTANTIATE_TEST_SUITE_P(Json, MappedSubmit, testing::ValuesIn(bad_answers(ticket)), name_of_case);

TEST_P(MappedSubmit, HasADefinedOutcomeForABadAnswer) {
  EXPECT_EQ(name_of(desk()->submit_answer(sample_request(), GetParam().response()).outcome), GetParam().submit);
}

class MappedLookUp : public testing::TestWithParam<BadAnswer> {};
INSTANTIATE_TEST_SUITE_P(Json, MappedLookUp, testing::ValuesIn(bad_answers(tickets)), name_of_case);

TEST_P(MappedLookUp, HasADefinedOutcomeForABadAnswer) {
  const auto answer = desk()->look_up(sample_request())->feed(GetParam().response());
  ASSERT_TRUE(answer);
  EXPECT_EQ(name_of(answer->outcome), GetParam().look_up);
}

}  // namespace
}  // namespace salam::upstream
