#include "tests/kafka/jars.h"

#include <string>

#include "tests/kafka/fetched.h"
#include "tests/kafka/process.h"

namespace salam::test {
namespace {

Error unavailable(const std::string& why) { return {"kafka_unavailable", "no Kafka broker: " + why}; }

}  // namespace

Result<std::filesystem::path> broker_jars() {
  const std::filesystem::path jars = SALAM_KAFKA_JARS;
  if (!on_path("java")) return unavailable("java is not installed (apt-get install default-jre-headless)");
  if (!exists(jars) && !on_path("mvn")) return unavailable("mvn is not installed (apt-get install maven)");
  const auto failure = fetch_once(jars, [](const std::filesystem::path& folder) -> std::vector<std::string> {
    return {"mvn",
            "-B",
            "-q",
            "-f",
            SALAM_KAFKA_POM,
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            "-DoutputDirectory=" + folder.string()};
  });
  if (!failure.empty()) return unavailable("Maven could not fetch its jars: " + failure);
  return jars;
}

}  // namespace salam::test
