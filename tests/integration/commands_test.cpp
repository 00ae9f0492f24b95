#include <ostream>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using Which = City::Which;

/// Runs the program with these words alone.
Gateway::Ran run(const Folder& folder, std::vector<std::string> words) {
  words.insert(words.begin(), SALAM_GATEWAY);
  std::filesystem::remove(folder / "output");
  Process process(words, folder / "output");
  const auto code = process.wait(std::chrono::seconds(20));
  return {.code = code.value_or(-1), .output = folder.read("output")};
}

TEST(Help, NamesEveryCommandAndWhatItDoes) {
  Folder folder;
  const auto help = run(folder, {"--help"});
  EXPECT_EQ(help.code, 0);
  for (const auto* const line :
       {"serve  +Run the gateway", "check-config  +Check the configuration", "audit  +Walk the store", "backup  +Copy the store",
        "restore  +Put the backup", "topics  +Kafka topics", "key  +API keys", "version  +Print the version", "--config"}) {
    EXPECT_THAT(help.output, ContainsRegex(line));
  }
  for (const auto* const command : {"serve", "check-config", "audit", "backup", "restore", "topics", "key", "forms", "invite", "version"}) {
    const auto its_help = run(folder, {command, "--help"});
    EXPECT_EQ(its_help.code, 0) << command;
    EXPECT_THAT(its_help.output, HasSubstr("--config")) << command;
  }
}

TEST(Commands, ThatAreUnknownOrIncompleteFailAndPointToHelp) {
  Folder folder;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, {"bogus"}, {"key"}, {"key", "create"}, {"topics"}, {"serve", "--bogus"}}) {
    const auto ran = run(folder, words);
    EXPECT_NE(ran.code, 0);
    EXPECT_THAT(ran.output, HasSubstr("--help"));
  }
}

TEST(Version, IsPrinted) {
  Folder folder;
  const auto version = run(folder, {"version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.output, testing::MatchesRegex("salam-gateway [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(Keys, AreMadeListedAndRevoked) {
  Folder folder;
  const auto file = (folder / "keys.json").string();
  const auto made = run(folder, {"key", "create", "tablet", "--scope", "intake", "--scope", "track", "--keys", file});
  EXPECT_EQ(made.code, 0) << made.output;
  EXPECT_THAT(made.output, ContainsRegex("salam_[0-9a-f]{8}_[0-9a-f]{64}"));
  const auto secret = made.output.substr(made.output.find("salam_") + 15, 64);
  EXPECT_THAT(folder.read("keys.json"), Not(HasSubstr(secret))) << "only a digest is kept";
  const auto rights = std::filesystem::status(file).permissions();
  EXPECT_EQ(rights, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);

  const auto list = run(folder, {"key", "list", "--keys", file});
  EXPECT_THAT(list.output, ContainsRegex("[0-9a-f]{8}  tablet +intake,track +20[0-9-]+T"));
  EXPECT_THAT(list.output, Not(HasSubstr(secret)));

  EXPECT_EQ(run(folder, {"key", "revoke", "tablet", "--keys", file}).code, 0);
  EXPECT_EQ(run(folder, {"key", "list", "--keys", file}).output, "");
}

TEST(Keys, MistakesAreNamedAndChangeNothing) {
  Folder folder;
  const auto file = (folder / "keys.json").string();
  const auto create = [&](const std::string& name, const std::string& scope) {
    return run(folder, {"key", "create", name, "--scope", scope, "--keys", file});
  };
  EXPECT_EQ(create("tablet", "intake").code, 0);
  const auto before = folder.read("keys.json");
  const auto scope = create("other", "everything");
  EXPECT_EQ(scope.code, 1);
  EXPECT_THAT(scope.output, HasSubstr("`everything` is no scope; there are: intake, read, personal, operate, track, callback"));
  const auto twice = create("tablet", "read");
  EXPECT_EQ(twice.code, 1);
  EXPECT_THAT(twice.output, HasSubstr("there is a key named `tablet`"));
  const auto unknown = run(folder, {"key", "revoke", "nobody", "--keys", file});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.output, HasSubstr("no key `nobody`"));
  EXPECT_EQ(folder.read("keys.json"), before);
  folder.write("keys.json", "nonsense");
  EXPECT_EQ(create("third", "read").code, 1);
  EXPECT_EQ(folder.read("keys.json"), "nonsense") << "a file that cannot be read is not written over";
}

TEST(Keys, StandInTheFileThatTheConfigurationNames) {
  City city({.start = false});
  const auto config = (city->folder() / "gateway.toml").string();
  const auto before = city->folder().read("keys.json");
  Folder elsewhere;
  EXPECT_EQ(run(elsewhere, {"key", "create", "tablet", "--scope", "intake", "--config", config}).code, 0);
  EXPECT_NE(city->folder().read("keys.json"), before);
  EXPECT_THAT(run(elsewhere, {"--config", config, "key", "list"}).output, ContainsRegex("  tablet +intake"));
  const auto wrong = run(elsewhere, {"key", "list", "--config", "/nowhere.toml"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.output, HasSubstr("/nowhere.toml: cannot be read"));
}

TEST(Keys, FileThatCannotBeReadIsNamed) {
  Folder folder;
  const auto no_file = (folder / "").string();
  const auto list = run(folder, {"key", "list", "--keys", no_file});
  EXPECT_EQ(list.code, 1) << list.output;
  EXPECT_THAT(list.output, HasSubstr("cannot read the keys file " + no_file));
}

TEST(Topics, NeedABroker) {
  City city({.start = false});
  const auto ran = city->run({"topics", "create"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, HasSubstr("kafka.brokers is not set"));
}

struct Damage {
  std::string name;
  std::string sql;
  std::string finding;

  friend void PrintTo(const Damage& value, std::ostream* out) { *out << value.name; }
};

class Audit : public testing::TestWithParam<Damage> {};

TEST_P(Audit, FindsWhatFallsShort) {
  City city;
  const auto told = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(told); }));
  city.fault(Which::system137, R"({"mode": "status", "status": 503})");
  const auto waiting = city->take("2");
  const auto code = city->request(waiting).at("/tracking_code");
  city->kill();
  EXPECT_EQ(city->audit(), 0);
  city->query(GetParam().sql);
  const auto audit = city->run({"audit"});
  EXPECT_EQ(audit.code, 3) << audit.output;
  EXPECT_THAT(audit.output, HasSubstr("requests 2, told"));
  EXPECT_THAT(audit.output, HasSubstr(GetParam().finding));
  EXPECT_THAT(audit.output, HasSubstr("audit failed"));
  EXPECT_TRUE(audit.output.find("FAULT " + waiting + " (code " + code) != std::string::npos ||
              audit.output.find("FAULT " + told) != std::string::npos)
      << audit.output;
}

INSTANTIATE_TEST_SUITE_P(After, Audit,
                         testing::Values(Damage{"LostTasks", "DELETE FROM tasks", "it waits in silence"},
                                         Damage{"ACodeThatNobodyKnows", "UPDATE requests SET told_code = '1' WHERE told_code IS NOT NULL",
                                                "told a code by which this request is not found"},
                                         Damage{"ALostEvent", "DELETE FROM events WHERE sequence = 2", "its events have a gap"},
                                         Damage{"ALostCode", "UPDATE requests SET upstream_code = '' WHERE upstream_code <> ''",
                                                "the upstream's code is missing"}),
                         [](const auto& info) { return info.param.name; });

TEST(AuditOfNoDatabase, FailsWithItsName) {
  City city({.start = false});
  const auto audit = city->run({"audit"});
  EXPECT_EQ(audit.code, 1);
  EXPECT_THAT(audit.output, HasSubstr("salam.db"));
  EXPECT_FALSE(std::filesystem::exists(city->folder() / "salam.db"));
}

TEST(AuditBesideARunningGateway, CountsWhatWaits) {
  City city;
  city.fault(Which::system137, R"({"mode": "status", "status": 503})");
  city->take("1");
  city->take_in(Gateway::form("2", R"("citizen": {"name": "نمونه"})"));
  const auto audit = city->run({"audit"});
  EXPECT_EQ(audit.code, 0);
  EXPECT_THAT(audit.output, HasSubstr("requests 2, told 0, meetings 1"));
  EXPECT_THAT(audit.output, ContainsRegex("attention +no_contact +1"));
  EXPECT_THAT(audit.output, ContainsRegex("scheduled +"));
}

}  // namespace
}  // namespace salam::test
