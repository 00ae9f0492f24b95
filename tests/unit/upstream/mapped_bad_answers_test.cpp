#include <map>

#include <gtest/gtest.h>

#include "adapters/upstream/mapped_http.h"
#include "adapters/upstream/mapping_file.h"
#include "tests/unit/upstream/bad_answers.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

constexpr std::string_view xml_mapping = R"(reply_format = "xml"
[submit]
path = "/add"
[success]
statuses = [200, 201]
code = "/reply/ticket/code"
[lookup]
path = "/find?code={{code}}&page={{page}}"
items = "/reply/tickets"
item_code = "ours"
item_id = "code"
[follow_up]
path = "/status?codes={{upstream_codes}}"
items = "/reply/tickets"
item_id = "code"
status = "status"
[amend]
path = "/amend?ticket={{upstream_code}}&mark={{amendment_mark}}"
mark = "/reply/amendment/ours"
[amend_lookup]
path = "/amendments?ticket={{upstream_code}}&page={{page}}"
items = "/reply/amendments"
item_mark = "ours"
)";

std::shared_ptr<const Protocol> mapped(std::string_view mapping) {
  return make_mapped_http(*parse_mapping(mapping, ""), Credentials{},
                          std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, "general"));
}

std::string_view registered(const Protocol& protocol, const BadAnswer& answer) {
  return name_of(protocol.submit_answer(sample_request(), answer.response()).outcome);
}

std::string_view looked_up(const Protocol& protocol, const BadAnswer& answer) {
  const auto judged = protocol.look_up(sample_request())->feed(answer.response());
  return judged ? name_of(judged->outcome) : "asks for the next page";
}

/// As a lookup's outcome would be called.
std::string_view followed(const Protocol& protocol, const BadAnswer& answer) {
  const std::vector<std::string> codes{"SD-1", "17"};
  const auto outcome = protocol.follow_up_answer(codes, answer.response()).outcome;
  const auto* const reports = std::get_if<std::vector<ProgressReport>>(&outcome);
  if (reports == nullptr) return name_of(outcome);
  return reports->size() == 1 ? "found" : "nothing";
}

std::string_view amended(const Protocol& protocol, const BadAnswer& answer) {
  return name_of(protocol.amend_answer(amended_request(), answer.response()).outcome);
}

std::string_view looked_up_amendment(const Protocol& protocol, const BadAnswer& answer) {
  const auto judged = protocol.look_up_amendment(amended_request(), {})->feed(answer.response());
  return judged ? name_of(judged->outcome) : "asks for the next page";
}

std::string name_of_case(const testing::TestParamInfo<BadAnswer>& info) { return info.param.name; }

class MappedJson : public testing::TestWithParam<BadAnswer> {
 protected:
  std::shared_ptr<const Protocol> desk_ = mapped(example("service_desk.toml"));
};
class MappedJsonSubmit : public MappedJson {};
class MappedJsonLookup : public MappedJson {};
const ReplyForm ticket{"application/json", R"({"ticket":{"code":)", "}}"};
const ReplyForm tickets{"application/json", R"({"tickets":[{"external_id":")" + sample_code.digits() + R"(","code":)", "}]}"};
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedJsonSubmit, testing::ValuesIn(bad_answers(ticket)), name_of_case);
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedJsonLookup, testing::ValuesIn(bad_answers(tickets)), name_of_case);
class MappedJsonFollowUp : public MappedJson {};
const ReplyForm states{"application/json", R"({"tickets":[{"status":"open","code":)", "}]}"};
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedJsonFollowUp, testing::ValuesIn(bad_answers(states)), name_of_case);

class MappedJsonAmend : public MappedJson {};
class MappedJsonAmendLookup : public MappedJson {};
const ReplyForm amendment{"application/json", R"({"amendment":{"external_id":")" + sample_mark + R"(","x":)", "}}"};
const ReplyForm amendments{"application/json", R"({"amendments":[{"external_id":")" + sample_mark + R"(","x":)", "}]}"};
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedJsonAmend, testing::ValuesIn(bad_answers(amendment)), name_of_case);
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedJsonAmendLookup, testing::ValuesIn(bad_answers(amendments)), name_of_case);

TEST_P(MappedJsonSubmit, HasADefinedOutcome) { EXPECT_EQ(registered(*desk_, GetParam()), GetParam().submit); }
TEST_P(MappedJsonLookup, HasADefinedOutcome) { EXPECT_EQ(looked_up(*desk_, GetParam()), GetParam().look_up); }
TEST_P(MappedJsonFollowUp, HasADefinedOutcome) { EXPECT_EQ(followed(*desk_, GetParam()), GetParam().look_up); }
TEST_P(MappedJsonAmend, HasADefinedOutcome) { EXPECT_EQ(amended(*desk_, GetParam()), GetParam().amend()); }
TEST_P(MappedJsonAmendLookup, HasADefinedOutcome) { EXPECT_EQ(looked_up_amendment(*desk_, GetParam()), GetParam().look_up_amendment()); }

class MappedXml : public testing::TestWithParam<BadAnswer> {
 protected:
  std::shared_ptr<const Protocol> desk_ = mapped(xml_mapping);
};
class MappedXmlSubmit : public MappedXml {};
class MappedXmlLookup : public MappedXml {};
const ReplyForm xml_ticket{"text/xml", "<?xml version=\"1.0\"?><reply><ticket><code>", "</code></ticket></reply>"};
const ReplyForm xml_tickets{"text/xml", "<reply><tickets><ticket><ours>" + sample_code.digits() + "</ours><code>",
                            "</code></ticket></tickets></reply>"};
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedXmlSubmit, testing::ValuesIn(bad_answers(xml_ticket)), name_of_case);
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedXmlLookup, testing::ValuesIn(bad_answers(xml_tickets)), name_of_case);
class MappedXmlFollowUp : public MappedXml {};
const ReplyForm xml_states{"text/xml", "<reply><tickets><ticket><status>open</status><code>", "</code></ticket></tickets></reply>"};
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedXmlFollowUp, testing::ValuesIn(bad_answers(xml_states)), name_of_case);

class MappedXmlAmend : public MappedXml {};
class MappedXmlAmendLookup : public MappedXml {};
const ReplyForm xml_amendment{"text/xml", "<reply><amendment><ours>" + sample_mark + "</ours><x>", "</x></amendment></reply>"};
const ReplyForm xml_amendments{"text/xml", "<reply><amendments><a><ours>" + sample_mark + "</ours><x>", "</x></a></amendments></reply>"};
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedXmlAmend, testing::ValuesIn(bad_answers(xml_amendment)), name_of_case);
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedXmlAmendLookup, testing::ValuesIn(bad_answers(xml_amendments)), name_of_case);

TEST_P(MappedXmlSubmit, HasADefinedOutcome) { EXPECT_EQ(registered(*desk_, GetParam()), GetParam().submit); }
TEST_P(MappedXmlLookup, HasADefinedOutcome) { EXPECT_EQ(looked_up(*desk_, GetParam()), GetParam().look_up); }
TEST_P(MappedXmlFollowUp, HasADefinedOutcome) { EXPECT_EQ(followed(*desk_, GetParam()), GetParam().look_up); }
TEST_P(MappedXmlAmend, HasADefinedOutcome) { EXPECT_EQ(amended(*desk_, GetParam()), GetParam().amend()); }
TEST_P(MappedXmlAmendLookup, HasADefinedOutcome) { EXPECT_EQ(looked_up_amendment(*desk_, GetParam()), GetParam().look_up_amendment()); }

}  // namespace
}  // namespace salam::upstream
