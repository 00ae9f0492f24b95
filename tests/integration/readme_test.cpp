#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::IsSupersetOf;

constexpr std::chrono::seconds patience{60};

std::string readme() {
  std::ifstream file(SALAM_SOURCE_DIR "/README.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What stands between ```sh and ```. Blocks that need more than this machine say so behind `sh` and are left out.
std::vector<std::string> shell_blocks() {
  std::vector<std::string> blocks;
  std::istringstream lines(readme());
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line == "```sh") {
      inside = true;
      blocks.emplace_back();
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back() += line + "\n";
    }
  }
  return blocks;
}

std::string with_this_program(const std::string& block) {
  return std::regex_replace(block, std::regex("build/bin/salam-gateway"), SALAM_GATEWAY);
}

std::set<std::string> dev_commands(const std::string& text) {
  std::set<std::string> commands;
  const std::regex named("\\./dev ([a-z]+)");
  for (std::sregex_iterator found(text.begin(), text.end(), named); found != std::sregex_iterator(); ++found) commands.insert((*found)[1]);
  return commands;
}

TEST(Readme, EveryCommandInItWorks) {
  City city({.stand_ins = {.kafka = true},
             .gateway = {.more = "[working_group]\nunits = [\"معاونت عمران\", \"معاونت خدمات شهری\"]\n",
                         .replace = {{"[service_desk]\n", "[service_desk]\nregistration = \"after_review\"\n"}}},
             .start = false});
  city->start();
  const auto& folder = city->folder();
  std::filesystem::create_directory(folder / "bin");
  std::filesystem::create_symlink(SALAM_GATEWAY, folder / "bin/salam-gateway");
  const auto environment = fmt::format(
      "cd '{}'\nexport PATH='{}':$PATH API=http://127.0.0.1:{} OPERATIONS=http://127.0.0.1:{} KEY={} SALAM_STORE_PATH='{}' "
      "SALAM_KEYS_FILE='{}'\n",
      SALAM_SOURCE_DIR, (folder / "bin").string(), city->api_port(), city->operations_port(), city->key(), (folder / "salam.db").string(),
      (folder / "keys.json").string());
  const auto blocks = shell_blocks();
  EXPECT_GE(blocks.size(), 8U);
  for (const auto& block : blocks) {
    folder.write("block.sh", environment + with_this_program(block));
    std::filesystem::remove(folder / "block.log");
    Process process({"bash", "-euo", "pipefail", (folder / "block.sh").string()}, folder / "block.log");
    EXPECT_EQ(process.wait(patience).value_or(-1), 0) << block << "\n" << folder.read("block.log");
  }
  const auto told = city->get("/v1/requests?meeting=1405-09-17-r03&form=14").at("/requests/0/told/person");
  EXPECT_EQ(told, "زهرا احمدی") << "what the last of the settling lines did";
  const auto decided = [&](std::string_view form, std::string_view what) {
    return city->get(fmt::format("/v1/requests?meeting=1405-09-17-r03&form={}", form)).at(fmt::format("/requests/0/{}", what));
  };
  EXPECT_EQ(decided("13", "review/by") + decided("12", "citizen/mobile"), "مریم کریمی+989130005678");
  EXPECT_EQ(decided("12", "assignment/unit") + decided("12", "answer/by") + decided("14", "closed/reason"),
            "معاونت عمرانرضا مرادیwithdrawn");
}

TEST(Readme, NamesNoDevCommandThatIsNotThere) {
  Folder folder;
  Process process({"bash", SALAM_SOURCE_DIR "/dev", "help"}, folder / "help");
  ASSERT_EQ(process.wait(patience).value_or(-1), 0) << folder.read("help");
  const auto named = dev_commands(readme());
  EXPECT_THAT(named, testing::IsSupersetOf({"demo", "test"}));
  EXPECT_THAT(dev_commands(folder.read("help")), IsSupersetOf(named));
}

TEST(Readme, LinksToNothingThatIsMissing) {
  const auto text = readme();
  const std::regex link("\\]\\(([^)#:]+)\\)");
  for (std::sregex_iterator found(text.begin(), text.end(), link); found != std::sregex_iterator(); ++found) {
    EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(SALAM_SOURCE_DIR) / (*found)[1].str())) << (*found)[1];
  }
}

}  // namespace
}  // namespace salam::test
