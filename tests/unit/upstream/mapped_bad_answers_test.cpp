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

std::string name_of_case(const testing::TestParamInfo<BadAnswer>& info) { return info.param.name; }

class MappedJson : public testing::TestWithParam<BadAnswer> {
 protected:
  std::shared_ptr<const Protocol> desk = mapped(example("service_desk.toml"));
};
class MappedJsonSubmit : public MappedJson {};
class MappedJsonLookup : public MappedJson {};
const ReplyForm ticket{"application/json", R"({"ticket":{"code":)", "}}"};
const ReplyForm tickets{"application/json", R"({"tickets":[{"external_id":")" + sample_code.digits() + R"(","code":)", "}]}"};
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedJsonSubmit, testing::ValuesIn(bad_answers(ticket)), name_of_case);
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedJsonLookup, testing::ValuesIn(bad_answers(tickets)), name_of_case);

TEST_P(MappedJsonSubmit, HasADefinedOutcome) { EXPECT_EQ(registered(*desk, GetParam()), GetParam().submit); }
TEST_P(MappedJsonLookup, HasADefinedOutcome) { EXPECT_EQ(looked_up(*desk, GetParam()), GetParam().look_up); }

class MappedXml : public testing::TestWithParam<BadAnswer> {
 protected:
  std::shared_ptr<const Protocol> desk = mapped(xml_mapping);
};
class MappedXmlSubmit : public MappedXml {};
class MappedXmlLookup : public MappedXml {};
const ReplyForm xml_ticket{"text/xml", "<?xml version=\"1.0\"?><reply><ticket><code>", "</code></ticket></reply>"};
const ReplyForm xml_tickets{"text/xml", "<reply><tickets><ticket><ours>" + sample_code.digits() + "</ours><code>",
                            "</code></ticket></tickets></reply>"};
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedXmlSubmit, testing::ValuesIn(bad_answers(xml_ticket)), name_of_case);
INSTANTIATE_TEST_SUITE_P(BadAnswers, MappedXmlLookup, testing::ValuesIn(bad_answers(xml_tickets)), name_of_case);

TEST_P(MappedXmlSubmit, HasADefinedOutcome) { EXPECT_EQ(registered(*desk, GetParam()), GetParam().submit); }
TEST_P(MappedXmlLookup, HasADefinedOutcome) { EXPECT_EQ(looked_up(*desk, GetParam()), GetParam().look_up); }

}  // namespace
}  // namespace salam::upstream
