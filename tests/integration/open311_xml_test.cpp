#include <fstream>
#include <iterator>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::ElementsAre;
using Which = City::Which;

/// A city whose 137 is spoken to in XML.
class XmlCity : public testing::Test {
 protected:
  static City::Options in_xml(const Folder& folder) {
    std::ifstream shipped(std::string(SALAM_SOURCE_DIR) + "/docker/examples/system137.toml");
    std::string text(std::istreambuf_iterator<char>(shipped), {});
    const std::string_view json = "format = \"json\"";
    text.replace(text.find(json), json.size(), "format = \"xml\"");
    folder.write("137.toml", text);
    return {.gateway = {.replace = {{std::string(SALAM_SOURCE_DIR) + "/docker/examples/system137.toml", (folder / "137.toml").string()},
                                    {"first_retry", "poll_every = \"100ms\"\nfirst_retry"}}}};
  }

  Folder folder_;
  City city_{in_xml(folder_)};
};

TEST_F(XmlCity, RegistersOnce) {
  const auto id = city_->take("1");
  ASSERT_TRUE(eventually([&] { return city_->is_told(id); })) << city_->request(id).body << city_->log();
  const auto in_137 = city_.registered(Which::system137, id);
  EXPECT_EQ(in_137.times, 1);
  EXPECT_EQ(city_->request(id).at("/told/code"), in_137.code);
  EXPECT_TRUE(eventually([&] { return city_->dependency("137", "lookup_proved") == "yes"; })) << city_->operations("/health").body;
}

TEST_F(XmlCity, LooksUpWhatGotLost) {
  city_.fault(Which::system137, R"({"mode": "cut_body", "count": 1})");
  const auto id = city_->take("1");
  ASSERT_TRUE(eventually([&] { return city_->is_told(id); })) << city_->request(id).body;
  EXPECT_EQ(city_.registered(Which::system137, id).times, 1);
  EXPECT_THAT(city_->get("/v1/requests/" + id + "/history").each("/attempts", "/outcome"), ElementsAre("uncertain", "found", "sent"));
}

TEST_F(XmlCity, GoesToTheDeskWhere137Refuses) {
  city_.fault(Which::system137, R"({"mode": "refuse", "count": 1})");
  const auto id = city_->take("1");
  ASSERT_TRUE(eventually([&] { return city_->is_told(id); })) << city_->request(id).body;
  EXPECT_EQ(city_->request(id).at("/registration/system"), "service_desk");
}

TEST_F(XmlCity, PollsATokenAndNeverPostsAgain) {
  city_.fault(Which::system137, R"({"mode": "token", "ms": 500})");
  const auto id = city_->take("1");
  ASSERT_TRUE(eventually([&] { return city_->is_told(id); })) << city_->request(id).body;
  EXPECT_EQ(city_.registered(Which::system137, id).times, 1);
  EXPECT_EQ(city_.strikes(Which::system137), 1);
}

}  // namespace
}  // namespace salam::test
