#include "gateway/config/reader.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "gateway/config/duration.h"

namespace salam::config {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using namespace std::chrono_literals;

std::vector<std::string> texts(const Reader& reader) {
  std::vector<std::string> lines;
  for (const auto& problem : reader.problems()) lines.push_back(problem.text());
  return lines;
}

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("salam-config-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

TEST(Duration, ReadsANumberAndAUnit) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("7d"), 168h);
  EXPECT_EQ(parse_duration("0s"), 0ms);
}

TEST(Duration, RefusesAnythingElse) {
  for (const auto* text : {"", "30", "s", "-1s", "1.5s", "30 s", "30S", "1h30m", "99999999999999999999s", "10000000000d"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, PrintsInItsLargestUnit) {
  EXPECT_EQ(to_text(90s), "90s");
  EXPECT_EQ(to_text(7200s), "2h");
  EXPECT_EQ(to_text(1500ms), "1500ms");
  EXPECT_EQ(to_text(0ms), "0s");
}

TEST(Config, ReadsEveryTypeOfValue) {
  Reader reader("gateway.toml", R"(
name = "isfahan"
[http]
listen = "127.0.0.1:0"
threads = 2
behind_proxy = true
ratio = 0.5
timeout = "30s"
hosts = ["a", "b"]
[http.deep]
level = "low"
)",
                {});
  auto root = reader.root();
  EXPECT_EQ(root.string("name", "x"), "isfahan");
  auto http = root.table("http");
  EXPECT_EQ(http.required_string("listen"), "127.0.0.1:0");
  EXPECT_EQ(http.integer("threads", 1, 1, 8), 2);
  EXPECT_TRUE(http.boolean("behind_proxy", false));
  EXPECT_DOUBLE_EQ(http.number("ratio", 1, 0, 1), 0.5);
  EXPECT_EQ(http.duration("timeout", 1s, 0s, 1min), 30s);
  EXPECT_THAT(http.strings("hosts"), ElementsAre("a", "b"));
  EXPECT_EQ(http.table("deep").choice("level", "high", {"low", "high"}), "low");
  EXPECT_THAT(texts(reader), IsEmpty());
}

TEST(Config, FallsBackWhereNothingIsSaid) {
  Reader reader("gateway.toml", "", {});
  auto http = reader.root().table("http");
  EXPECT_EQ(http.string("listen", "127.0.0.1:8137"), "127.0.0.1:8137");
  EXPECT_EQ(http.integer("threads", 1, 1, 8), 1);
  EXPECT_EQ(http.duration("timeout", 1s, 0s, 1min), 1s);
  EXPECT_EQ(http.optional_duration("settle_after", 0s, 1h), std::nullopt);
  EXPECT_EQ(http.optional_string("x"), std::nullopt);
  EXPECT_EQ(http.secret("api_key"), "");
  EXPECT_FALSE(http.has("listen"));
  EXPECT_THAT(http.tables("rule"), IsEmpty());
  EXPECT_THAT(texts(reader), IsEmpty());
}

TEST(Config, LetsTheEnvironmentOverrideTheFile) {
  Reader reader("gateway.toml", "[http]\nlisten = \"a\"\nthreads = 1\n",
                {{"SALAM_HTTP_LISTEN", "b"},
                 {"SALAM_HTTP_THREADS", "4"},
                 {"SALAM_HTTP_BEHIND_PROXY", "true"},
                 {"SALAM_HTTP_TIMEOUT", "5s"},
                 {"SALAM_HTTP_HOSTS", "a,b"},
                 {"SALAM_HTTP_RATIO", "0.25"}});
  auto http = reader.root().table("http");
  EXPECT_EQ(http.string("listen", ""), "b");
  EXPECT_EQ(http.integer("threads", 1, 1, 8), 4);
  EXPECT_TRUE(http.boolean("behind_proxy", false));
  EXPECT_EQ(http.duration("timeout", 1s, 0s, 1min), 5s);
  EXPECT_THAT(http.strings("hosts"), ElementsAre("a", "b"));
  EXPECT_DOUBLE_EQ(http.number("ratio", 1, 0, 1), 0.25);
  EXPECT_THAT(texts(reader), IsEmpty());
}

TEST(Config, CollectsAllThatIsWrongWithPlaceKeyAndReason) {
  Reader reader("gateway.toml", R"([http]
listen = 8137
threads = 99
behind_proxy = "yes"
timeout = "fast"
level = "loud"
hosts = ["a", 1]
[sms]
)",
                {{"SALAM_HTTP_RATIO", "much"}});
  auto http = reader.root().table("http");
  EXPECT_EQ(http.string("listen", "x"), "x");
  EXPECT_EQ(http.integer("threads", 1, 1, 8), 1);
  EXPECT_FALSE(http.boolean("behind_proxy", false));
  EXPECT_EQ(http.duration("timeout", 1s, 0s, 1min), 1s);
  EXPECT_EQ(http.choice("level", "info", {"info", "debug"}), "info");
  EXPECT_THAT(http.strings("hosts", {"d"}), ElementsAre("d"));
  EXPECT_DOUBLE_EQ(http.number("ratio", 1, 0, 1), 1);
  EXPECT_EQ(reader.root().table("sms").required_string("sender"), "");
  EXPECT_THAT(
      texts(reader),
      ElementsAre("gateway.toml:2: http.listen: must be a string", "gateway.toml:3: http.threads: must be a whole number from 1 to 8",
                  "gateway.toml:4: http.behind_proxy: must be true or false",
                  "gateway.toml:5: http.timeout: must be a duration from \"0s\" to \"1m\"",
                  "gateway.toml:6: http.level: must be one of info, debug", "gateway.toml:7: http.hosts: must be a list of strings",
                  "gateway.toml:8: sms.sender: is required", "environment: SALAM_HTTP_RATIO: must be a number from 0 to 1"));
}

TEST(Config, WithoutAFileNamesTheEnvironment) {
  auto reader = Reader::from_file("", {});
  static_cast<void>(reader.root().table("sms").required_string("sender"));
  EXPECT_THAT(texts(reader), ElementsAre("environment: sms.sender: is required"));
}

TEST(Config, RefusesUnknownKeysWithAHint) {
  Reader reader("gateway.toml", "[http]\nlsten = \"a\"\n[htpp]\nlisten = \"b\"\n[zebra]\nx = 1\n",
                {{"SALAM_HTTP_LISTN", "c"}, {"SALAM_QUITE_ELSEWHERE", "d"}});
  static_cast<void>(reader.root().table("http").string("listen", ""));
  EXPECT_THAT(texts(reader), ElementsAre("gateway.toml:2: http.lsten: is unknown; did you mean `listen`?",
                                         "gateway.toml:3: htpp: is unknown; did you mean `http`?", "gateway.toml:5: zebra: is unknown",
                                         "environment: SALAM_HTTP_LISTN: is unknown; did you mean `SALAM_HTTP_LISTEN`?",
                                         "environment: SALAM_QUITE_ELSEWHERE: is unknown"));
}

TEST(Config, RefusesUnknownKeysInListsOfTables) {
  Reader reader("r.toml", "[[rule]]\nname = \"a\"\n[[rule]]\nnmae = \"b\"\n", {});
  for (auto& rule : reader.root().tables("rule")) static_cast<void>(rule.string("name", ""));
  EXPECT_THAT(texts(reader), ElementsAre("r.toml:4: rule[1].nmae: is unknown; did you mean `name`?"));
}

TEST(Config, NamesTheLineOfASyntaxError) {
  Reader reader("gateway.toml", "[http]\nlisten = \n", {});
  EXPECT_THAT(texts(reader), ElementsAre(HasSubstr("gateway.toml:2: ")));
  Reader twice("gateway.toml", "a = 1\na = 2\n", {});
  EXPECT_THAT(texts(twice), ElementsAre(HasSubstr("gateway.toml:2: ")));
}

TEST(Config, WantsTablesWhereTablesBelong) {
  Reader reader("gateway.toml", "http = 5\nrule = {}\n", {});
  static_cast<void>(reader.root().table("http").string("listen", ""));
  static_cast<void>(reader.root().tables("rule"));
  EXPECT_THAT(texts(reader), ElementsAre("gateway.toml:1: http: must be a table", "gateway.toml:2: rule: must be a list of tables"));
}

TEST(Config, SaysThatAFileCannotBeRead) {
  const Folder folder;
  EXPECT_THAT(texts(Reader::from_file(folder / "missing.toml", {})), ElementsAre((folder / "missing.toml") + ": cannot be read"));
  EXPECT_THAT(texts(Reader::from_file(folder / "", {})), ElementsAre(HasSubstr("cannot be read")));
  EXPECT_THAT(texts(Reader::from_file("", {})), IsEmpty());
}

TEST(Config, ReadsSecretsFromFilesBesideIt) {
  const Folder folder;
  folder.write("key", "s3cret\n");
  folder.write("empty", "\n");
  const auto file = folder.write("gateway.toml",
                                 "[a]\napi_key_file = \"key\"\n[b]\napi_key = \"direct\"\n[c]\napi_key = \"x\"\napi_key_file = \"key\"\n"
                                 "[d]\napi_key_file = \"missing\"\n[e]\napi_key_file = \"empty\"\n");
  auto reader = Reader::from_file(file, {{"SALAM_G_API_KEY_FILE", "key"}});
  auto root = reader.root();
  EXPECT_EQ(root.table("a").secret("api_key"), "s3cret");
  EXPECT_EQ(root.table("b").required_secret("api_key"), "direct");
  for (const auto* name : {"c", "d", "e", "f"}) static_cast<void>(root.table(name).required_secret("api_key"));
  EXPECT_EQ(root.table("g").secret("api_key"), "s3cret");
  EXPECT_THAT(
      texts(reader),
      ElementsAre(file + ": f.api_key: is required (or `api_key_file`)", file + ":7: c.api_key_file: either this or `api_key`",
                  file + ":9: d.api_key_file: cannot read the file `missing`", file + ":11: e.api_key_file: the file `empty` is empty"));
}

TEST(Config, NeverPrintsSecrets) {
  const Folder folder;
  folder.write("key", "s3cret\n");
  const auto file = folder.write("gateway.toml", R"(
[sms]
api_key_file = "key"
[upstream]
token = "s3cret"
[kafka.librdkafka]
"sasl.password" = "s3cret"
"ssl.key.password_file" = "key"
"linger.ms" = 5
)");
  auto reader = Reader::from_file(file, {});
  static_cast<void>(reader.root().table("sms").secret("api_key"));
  static_cast<void>(reader.root().table("upstream").secret("token"));
  EXPECT_THAT(reader.root().table("kafka").string_table("librdkafka"),
              ElementsAre(Pair("linger.ms", "5"), Pair("sasl.password", "s3cret"), Pair("ssl.key.password", "s3cret")));
  EXPECT_THAT(texts(reader), IsEmpty());
  EXPECT_THAT(reader.effective(), AllOf(Not(HasSubstr("s3cret")), HasSubstr("token = \"[redacted]\"  # line 5"),
                                        HasSubstr("api_key_file = \"key\""), HasSubstr("\"linger.ms\" = \"5\"")));
}

TEST(Config, PrintsWhatIsInForceAsTomlWithItsSource) {
  Reader reader("gateway.toml", "[http]\nthreads = 2\n", {{"SALAM_HTTP_TIMEOUT", "90s"}});
  auto http = reader.root().table("http");
  static_cast<void>(http.string("listen", "a\"b"));
  static_cast<void>(http.integer("threads", 1, 1, 8));
  static_cast<void>(http.duration("timeout", 1s, 0s, 1h));
  static_cast<void>(reader.root().boolean("demo", false));
  EXPECT_EQ(reader.effective(),
            "demo = false  # default\n\n[http]\nlisten = \"a\\\"b\"  # default\nthreads = 2  # line 2\ntimeout = \"90s\"  # "
            "SALAM_HTTP_TIMEOUT\n");
  Reader again("effective.toml", reader.effective(), {});
  EXPECT_EQ(again.root().table("http").string("listen", ""), "a\"b");
}

TEST(Config, PrintsListsOfTablesAsToml) {
  Reader reader("gateway.toml", "[desk]\n[[desk.rule]]\nname = \"a\"\n[desk.rule.when]\nstatus = 1\n[[desk.rule]]\nname = \"b\"\n", {});
  for (auto& rule : reader.root().table("desk").tables("rule")) {
    static_cast<void>(rule.string("name", ""));
    if (rule.has("when")) static_cast<void>(rule.table("when").integer("status", 0, 0, 9));
  }
  EXPECT_THAT(texts(reader), IsEmpty());
  EXPECT_EQ(reader.effective(),
            "[[desk.rule]]\nname = \"a\"  # line 3\n\n[desk.rule.when]\nstatus = 1  # line 5\n\n[[desk.rule]]\nname = \"b\"  # line 7\n");
}

TEST(Config, ResolvesPathsFromTheFolderOfTheFile) {
  Reader reader("/etc/salam/gateway.toml", "[store]\npath = \"data/salam.db\"\nkeys = \"/run/keys\"\n", {});
  auto store = reader.root().table("store");
  EXPECT_EQ(store.path("path", ""), "/etc/salam/data/salam.db");
  EXPECT_EQ(store.path("keys", ""), "/run/keys");
  EXPECT_EQ(store.path("none", ""), "");
}

TEST(Config, TakesOnlyItsOwnVariablesFromTheProcess) {
  ::setenv("SALAM_HTTP_LISTEN", "x=y", 1);
  ::setenv("SALAM_CONFIG", "z", 1);
  const auto environment = process_environment({"SALAM_CONFIG"});
  ::unsetenv("SALAM_HTTP_LISTEN");
  ::unsetenv("SALAM_CONFIG");
  EXPECT_THAT(environment, ::testing::Contains(Pair("SALAM_HTTP_LISTEN", "x=y")));
  EXPECT_FALSE(environment.contains("SALAM_CONFIG"));
  EXPECT_FALSE(environment.contains("PATH"));
}

TEST(Config, KeepsTheOwnersOwnFindings) {
  Reader reader("gateway.toml", "[http]\nlisten = \"0.0.0.0:80\"\n", {});
  auto http = reader.root().table("http");
  static_cast<void>(http.string("listen", ""));
  http.wrong("listen", "needs TLS");
  http.wrong("", "is not whole");
  EXPECT_THAT(texts(reader), ElementsAre("gateway.toml:1: http: is not whole", "gateway.toml:2: http.listen: needs TLS"));
}

}  // namespace
}  // namespace salam::config
