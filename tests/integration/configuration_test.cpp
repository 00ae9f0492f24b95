#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <regex>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::HasSubstr;
using testing::Not;

stand_ins::Addresses nowhere() {
  const std::string address = "http://127.0.0.1:1";
  return {.open311 = address,
          .service_desk = address,
          .kavenegar = address,
          .kafka = "",
          .topic = "",
          .control_137 = "",
          .control_desk = "",
          .control_sms = "",
          .control_kafka = ""};
}

struct Mistake {
  std::string name;
  std::string text;  ///< What stands in the configuration …
  std::string with;  ///< … and what takes its place.
  std::string key;
  std::string reason;

  friend void PrintTo(const Mistake& value, std::ostream* out) { *out << value.name; }
};

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, StopTheStartWithFileKeyAndReason) {
  const auto& mistake = GetParam();
  Gateway gateway(nowhere());
  gateway.set(mistake.text, mistake.with);
  for (const auto* const command : {"serve", "check-config"}) {
    const auto ran = gateway.run({command});
    EXPECT_EQ(ran.code, 2) << command << ": " << ran.output;
    EXPECT_THAT(ran.output, HasSubstr("gateway.toml:")) << command;
    EXPECT_THAT(ran.output, HasSubstr(mistake.key)) << command;
    EXPECT_THAT(ran.output, HasSubstr(mistake.reason)) << command;
  }
  EXPECT_FALSE(std::filesystem::exists(gateway.folder() / "salam.db")) << "nothing is begun";
}

INSTANTIATE_TEST_SUITE_P(
    Of, Mistakes,
    testing::Values(
        Mistake{"Syntax", "[store]\n", "[store\n", "", "gateway.toml:5"},
        Mistake{"UnknownKey", "first_retry", "frist_retry", "registration.frist_retry", "did you mean `first_retry`?"},
        Mistake{"UnknownTable", "[shutdown]", "[shutdwon]", "shutdwon", "unknown"},
        Mistake{"Duration", "\"50ms\"", "\"fifty\"", "registration.first_retry", "must be a duration"},
        Mistake{"NumberOutOfRange", "disk_free_mib = 1", "disk_free_mib = 0", "store.disk_free_mib", "must be a whole number from 1"},
        Mistake{"WrongType", "path = \"salam.db\"", "path = 7", "store.path", "must be a string"},
        Mistake{"UnknownDriver", "driver = \"open311\"", "driver = \"open312\"", "system137.driver",
                "must be one of open311, mapped, by_hand"},
        Mistake{"MissingAddress", "base_url = \"http://127.0.0.1:1\"\napi_key = \"stand-in-137-key\"", "api_key = \"x\"", "system137",
                "base_url"},
        Mistake{"AddressThatIsNone", "[system137]\ndriver = \"open311\"\nbase_url = \"http://127.0.0.1:1\"",
                "[system137]\ndriver = \"open311\"\nbase_url = \"http://127.0.0.1:0\"", "system137.base_url", "port"},
        Mistake{"AddressOfTheSmsLine", "[sms]\ndriver = \"kavenegar\"\nbase_url = \"http://127.0.0.1:1\"",
                "[sms]\ndriver = \"kavenegar\"\nbase_url = \"sms\"", "sms.base_url", "is not a URL"},
        Mistake{"ProxyThatIsNone", "[sms]\ndriver = \"kavenegar\"", "[sms]\ndriver = \"kavenegar\"\nproxy = \"https://proxy.test\"",
                "sms.proxy", "must be http://host:port"},
        Mistake{"ClientCertificateWithoutKey", "[system137]\n", "[system137]\nclient_certificate = \"c.pem\"\n", "system137.client_key",
                "go together"},
        Mistake{"CaFileMissing", "[service_desk]\ndriver = \"mapped\"\nbase_url = \"http:",
                "[service_desk]\nca_file = \"absent.pem\"\ndriver = \"mapped\"\nbase_url = \"https:", "service_desk.ca_file", "absent.pem"},
        Mistake{"MissingSecret", "api_key = \"stand-in-sms-key\"", "", "sms.api_key", "is required"},
        Mistake{"SecretTwice", "api_key = \"stand-in-sms-key\"", "api_key = \"x\"\napi_key_file = \"y\"", "sms.api_key_file",
                "either this or `api_key`"},
        Mistake{"SecretFileMissing", "api_key = \"stand-in-sms-key\"", "api_key_file = \"absent\"", "sms.api_key_file",
                "cannot read the file `absent`"},
        Mistake{"MappingFileMissing", "docker/examples/service_desk.toml", "docker/examples/absent.toml", "service_desk", "absent.toml"},
        Mistake{"RulesMissing", "routing.toml", "absent.toml", "routing.rules", "absent.toml"},
        Mistake{"LinkHostThatIsNone", "[shutdown]", "[attachments]\nlink_hosts = [\"https://photos.example\"]\n[shutdown]",
                "attachments.link_hosts", "no host's name"},
        Mistake{"LinkHostThatIsAnAddress", "[shutdown]", "[attachments]\nlink_hosts = [\"10.0.0.1\"]\n[shutdown]", "attachments.link_hosts",
                "no host's name"},
        Mistake{"PublicUrlThatIsNone", "[shutdown]", "[attachments]\npublic_url = \"gateway.example\"\n[shutdown]",
                "attachments.public_url", "such as https://gateway.example"},
        Mistake{"TrackingAddressWithoutCode", "[shutdown]", "[tracking]\npublic_url = \"https://isfahan.example/track/\"\n[shutdown]",
                "tracking.public_url", "with one {code}, such as https://isfahan.example/track/{code}"},
        Mistake{"FormTemplateMissing", "[shutdown]", "[forms]\ntemplate = \"absent.html\"\n[shutdown]", "forms.template",
                "absent.html cannot be read"},
        Mistake{"FormTemplateThatIsNone", "[shutdown]", "[forms]\ntemplate = \"gateway.toml\"\n[shutdown]", "forms.template",
                "gateway.toml: {{#form}} and {{/form}} must stand once each"},
        Mistake{"SlidesMissing", "[shutdown]", "[slides]\ntemplate = \"absent.pptx\"\n[shutdown]", "slides.template",
                "absent.pptx cannot be read"},
        Mistake{"SlidesThatAreNone", "[shutdown]", "[slides]\ntemplate = \"gateway.toml\"\n[shutdown]", "slides.template",
                "gateway.toml: is no zip file"},
        Mistake{"AttachmentTooLarge", "[shutdown]", "[attachments]\nmax_bytes = 1000000000\n[shutdown]", "attachments.max_bytes",
                "must be a whole number from 1024"},
        Mistake{"QuietHours", "quiet_hours = \"none\"", "quiet_hours = \"22-8\"", "sms.quiet_hours", "22:00-08:00, or none"},
        Mistake{"ShortSecret", "[sms]\n", "[sms.callback]\nsecret = \"short\"\n[sms]\n", "sms.callback.secret", "at least 24 characters"},
        Mistake{"LineTwice", "[sms]\n", "[sms]\nproviders = [\"a\", \"a\"]\n", "sms.providers", "`a` stands there twice"},
        Mistake{"Template", "[sms]\n", "[sms.templates]\nholding_137 = \"no code\"\n[sms]\n", "sms.templates.holding_137",
                "carries no {code}"},
        Mistake{"Invitation", "[sms]\n", "[sms.templates]\ninvitation = \"{day}\"\n[sms]\n", "sms.templates.invitation",
                "unknown placeholder {day}"},
        Mistake{"InvitationOfManyParts", "[sms]\n", "[sms.templates]\ninvitation = \"{date} " + std::string(201, 'x') + "\"\n[sms]\n",
                "sms.templates.invitation", "3 are allowed"},
        Mistake{"ListenerBeyondLoopback", "[http]\nlisten = \"127.0.0.1:0\"", "[http]\nlisten = \"0.0.0.0:0\"", "http.listen",
                "behind_proxy = true"},
        Mistake{"OperationsBeyondLoopback", "[operations]\nlisten = \"127.0.0.1:0\"", "[operations]\nlisten = \"[::]:0\"",
                "operations.listen", "tls_certificate"},
        Mistake{"ListenerThatIsNone", "[http]\nlisten = \"127.0.0.1:0\"", "[http]\nlisten = \"somewhere\"", "http.listen",
                "is not an address and a port"},
        Mistake{"CertificateWithoutKey", "[http]\n", "[http]\ntls_certificate = \"c.pem\"\n", "http.tls_key", "go together"},
        Mistake{"CertificateMissing", "[http]\n", "[http]\ntls_certificate = \"c.pem\"\ntls_key = \"k.pem\"\n", "http.tls_certificate",
                "c.pem"},
        Mistake{"KafkaProperty", "brokers = \"\"", "brokers = \"127.0.0.1:1\"\n[kafka.properties]\n\"no.such\" = \"x\"", "kafka",
                "no.such"}),
    [](const auto& info) { return info.param.name; });

TEST(Configuration, WithSeveralMistakesNamesThemAllAtOnce) {
  Gateway gateway(nowhere());
  gateway.set("\"50ms\"", "\"fifty\"");
  gateway.set("disk_free_mib = 1", "disk_free_mib = 0");
  const auto ran = gateway.run({"serve"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.output, HasSubstr("registration.first_retry"));
  EXPECT_THAT(ran.output, HasSubstr("store.disk_free_mib"));
}

TEST(Configuration, ThatIsMissingIsNamed) {
  Gateway gateway(nowhere());
  std::filesystem::remove(gateway.folder() / "gateway.toml");
  const auto ran = gateway.run({"serve"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.output, HasSubstr("gateway.toml: cannot be read"));
}

TEST(Configuration, IsShownWithItsSourcesAndWithoutSecrets) {
  Gateway gateway(nowhere());
  gateway.set("[shutdown]", "[kafka.properties]\n\"sasl.password\" = \"stand-in-kafka-key\"\n[shutdown]");
  const auto shown = gateway.run({"check-config"});
  EXPECT_EQ(shown.code, 0) << shown.output;
  EXPECT_THAT(shown.output, HasSubstr("settle_after = \"300ms\"  # line"));
  EXPECT_THAT(shown.output, HasSubstr("# default"));
  for (const auto* const secret : {"stand-in-137-key", "stand-in-desk-key", "stand-in-sms-key", "stand-in-kafka-key"}) {
    EXPECT_THAT(shown.output, Not(HasSubstr(secret)));
  }
}

TEST(Configuration, BehindAProxyMayListenBeyondLoopback) {
  Gateway gateway(nowhere());
  gateway.set("[http]\nlisten = \"127.0.0.1:0\"", "[http]\nlisten = \"0.0.0.0:0\"\nbehind_proxy = true");
  EXPECT_EQ(gateway.run({"check-config"}).code, 0);
}

TEST(Configuration, ThatShipsIsRight) {
  Gateway gateway(nowhere());
  for (const auto* const file : {"docker/config/demo.toml", "docker/config/salam-gateway.toml"}) {
    const auto script =
        fmt::format("cd '{}' && unset SALAM_SMS_API_KEY; '{}' check-config --config {}", SALAM_SOURCE_DIR, SALAM_GATEWAY, file);
    Process process({"bash", "-c", script}, gateway.folder() / "shipped.log");
    const auto code = process.wait(std::chrono::seconds(20));
    // The city's own names a secret file that only the city has.
    const bool city = std::string_view(file).ends_with("salam-gateway.toml");
    EXPECT_EQ(code, city ? 2 : 0) << gateway.folder().read("shipped.log");
  }
  EXPECT_THAT(gateway.folder().read("shipped.log"), HasSubstr("sms.api_key_file: cannot read the file `/run/secrets/kavenegar-key`"));
}

TEST(Store, ThatCannotBeUsedStopsTheStartWithItsName) {
  Gateway gateway(nowhere());
  gateway.set("salam.db", "absent/salam.db");
  const auto absent = gateway.run({"serve"});
  EXPECT_EQ(absent.code, 1);
  EXPECT_THAT(absent.output, HasSubstr("absent/salam.db"));
  gateway.set("absent/salam.db", "routing.toml");
  const auto none = gateway.run({"serve"});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.output, HasSubstr("routing.toml"));
  EXPECT_THAT(gateway.folder().read("routing.toml"), HasSubstr("[[rule]]")) << "what is no database is left alone";
}

TEST(KeysFile, ThatIsNoneStopsTheStartWithItsName) {
  Gateway gateway(nowhere());
  gateway.folder().write("keys.json", "nonsense");
  const auto ran = gateway.run({"serve"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, HasSubstr("keys.json"));
}

/// Secrets given in place of the files that an example names.
std::string with_secrets(const std::string& text) {
  static const std::regex file(R"re((\w+)_file = "/run/secrets/[^"]*")re");
  return std::regex_replace(text, file, R"re($1 = "http://127.0.0.1:8137/v1/callbacks/sms/kannel/0123456789")re");
}

TEST(Examples, OfSmsProvidersAreWholeTables) {
  for (const auto* const name : {"sms_kavenegar.toml", "sms_kannel.toml", "sms_magfa.toml"}) {
    Gateway gateway(nowhere());
    const auto config = gateway.folder().read("gateway.toml");
    const auto from = config.find("[sms]\n");
    std::ifstream file(std::filesystem::path(SALAM_SOURCE_DIR) / "docker/examples" / name);
    const std::string example{std::istreambuf_iterator<char>(file), {}};
    gateway.set(config.substr(from, config.find("[sms.limits]") - from), with_secrets(example) + "\n");
    const auto ran = gateway.run({"check-config"});
    EXPECT_EQ(ran.code, 0) << name << ": " << ran.output;
  }
}

}  // namespace
}  // namespace salam::test
