#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/upstream/mapped_http.h"
#include "adapters/upstream/mapping_file.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

std::string mapping_with(const std::string& submit, const std::string& more = "") {
  return "[submit]\npath = \"/t\"\n" + submit + "\n[success]\nstatuses = [201]\ncode = \"/id\"\n" + more;
}

std::string refusal(const std::string& submit) {
  const auto mapping = parse_mapping(mapping_with(submit), "desk.toml");
  return mapping ? "accepted" : mapping.error().message;
}

const std::string parts = R"(body_format = "multipart"
[[submit.part]]
name = "JSON"
type = "application/json"
value = '{"Subject": {{subject}}, "Region": {{their_region}}}'
[[submit.part]]
name = "note"
value = "{{description}}"
[[submit.part]]
name = "Attachments"
file = true
[[submit.part]]
name = "key"
value = "{{api_key}}"
)";

std::shared_ptr<const Protocol> desk(const std::string& text) {
  auto mapping = parse_mapping(text, "desk.toml");
  EXPECT_TRUE(mapping) << mapping.error().message;
  return make_mapped_http(std::move(*mapping), {Sensitive<std::string>("secret"), {}, {}},
                          std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, "general"));
}

TEST(MappedMultipart, HoldsItsPartsAndTheFilesWhereTheyBelong) {
  auto request = sample_request();
  request.files = {sample_file("الف.jpg", "image/jpeg", "one"), sample_file("b.pdf", "application/pdf", "two")};
  const auto protocol = desk(mapping_with(parts, "[tables.region]\n5 = 55\ndefault = 1"));
  EXPECT_TRUE(protocol->takes_files());
  const auto message = protocol->submit_request(request);
  EXPECT_THAT(message.headers, Contains(Pair("Content-Type", StartsWith("multipart/form-data; boundary="))));
  const std::vector<std::string> expected{
      "name=\"JSON\"\r\nContent-Type: application/json\r\n\r\n{\"Subject\": \"چاله <b>بزرگ</b>\", \"Region\": 55}\r\n",
      "name=\"note\"\r\n\r\nروبه‌روی پلاک ۱۲ & کوچه \"گل\"\r\n",
      "name=\"Attachments\"; filename=\"الف.jpg\"\r\nContent-Type: image/jpeg\r\n\r\none\r\n",
      "name=\"Attachments\"; filename=\"b.pdf\"\r\nContent-Type: application/pdf\r\n\r\ntwo\r\n", "name=\"key\"\r\n\r\nsecret\r\n"};
  std::size_t at = 0;
  for (const auto& part : expected) {
    const auto found = message.body.find(part, at);
    EXPECT_NE(found, std::string::npos) << part << message.body;
    at = found;
  }
}

TEST(MappedMultipart, WithoutFilesHasItsOtherParts) {
  const auto body = desk(mapping_with(parts, "[tables.region]\ndefault = 1"))->submit_request(sample_request()).body;
  EXPECT_THAT(body, HasSubstr("name=\"note\""));
  EXPECT_THAT(body, Not(HasSubstr("Attachments")));
}

TEST(MappedMultipart, IsNeededForFiles) {
  EXPECT_FALSE(desk(example("service_desk.toml"))->takes_files());
  EXPECT_FALSE(desk(mapping_with("body_format = \"multipart\"\n[[submit.part]]\nname = \"a\"\nvalue = \"b\""))->takes_files());
}

TEST(MappedMultipart, NamesWhatIsWrong) {
  const std::string part = "body_format = \"multipart\"\n[[submit.part]]\n";
  EXPECT_EQ(refusal(part + "name = \"a\"\nvalue = \"\""), "accepted");
  EXPECT_EQ(refusal(part + "value = \"b\""), "desk.toml: submit.part[0].name is missing");
  EXPECT_EQ(refusal(part + "name = \"\"\nvalue = \"b\""), "desk.toml: submit.part[0].name must not be empty");
  EXPECT_EQ(refusal(part + "name = \"a\""), "desk.toml: submit.part[0].value is missing");
  EXPECT_EQ(refusal(part + "name = \"a\"\nfile = true\nvalue = \"b\""),
            "desk.toml: submit.part[0].file goes without value and type: the file has its own");
  EXPECT_EQ(refusal(part + "name = \"a\"\nvalue = \"{{nothing}}\""), "desk.toml: submit.part[0].value there is no placeholder {{nothing}}");
  EXPECT_EQ(refusal(part + "name = \"a\"\nvalue = \"b\"\nfiles = true"), "desk.toml: submit.part[0].files is not a known key");
  EXPECT_EQ(refusal(part + "name = \"a\"\ntype = \"a\\r\\nb\"\nvalue = \"b\""),
            "desk.toml: submit.part[0].type must be ASCII, in one line");
  EXPECT_THAT(refusal(part + "name = \"a\"\ntype = \"application/json\"\nvalue = \"{{subject}\""),
              StartsWith("desk.toml: submit.part[0].value "));
  EXPECT_THAT(refusal(part + "name = \"a\"\ntype = \"application/json\"\nvalue = \"{\""),
              HasSubstr("desk.toml: submit.part[0].value gives no JSON"));
  EXPECT_EQ(refusal("body_format = \"multipart\""), "desk.toml: submit.part is missing: [[submit.part]] says what the form holds");
  EXPECT_EQ(refusal("body_format = \"form\""), "desk.toml: submit.body is missing, though there is a body_format");
  EXPECT_EQ(
      refusal("body_format = \"multipart\"\nbody = \"x\""),
      "desk.toml: submit.body_format must be json, form or xml; multipart has no body but goes with [[submit.part]] or [[amend.part]]");
  EXPECT_EQ(refusal("body_format = \"form\"\n[[submit.part]]\nname = \"a\"\nvalue = \"b\""),
            "desk.toml: submit.body_format must be multipart, as there are parts");
  EXPECT_EQ(refusal("body_format = \"form\"\nbody = \"x\"\n[[submit.part]]\nname = \"a\"\nvalue = \"b\""),
            "desk.toml: submit.body must not stand beside [[submit.part]]");
  EXPECT_EQ(refusal(part + "name = \"a\"\nvalue = \"b\"\n[submit.headers]\ncontent-TYPE = \"multipart/form-data\""),
            "desk.toml: submit.headers must not hold Content-Type, which names the boundary of the parts");
}

}  // namespace
}  // namespace salam::upstream
