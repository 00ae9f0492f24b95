#include <fstream>
#include <iterator>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;
using Which = City::Which;

const std::string jpeg = "\xFF\xD8\xFF\xE0 what the scanner saw\x00\x01"s;
const std::string pdf = "%PDF-1.7 a form";
constexpr std::string_view public_url = "https://gateway.example/salam";

City::Options waiting(std::string_view how_long, std::string_view more = "") {
  constexpr std::string_view retry = "longest_retry = \"200ms\"";
  return {.gateway = {.more = fmt::format("[attachments]\npublic_url = \"{}/\"\nlink_hosts = [\".example\"]\n{}", public_url, more),
                      .replace = {{std::string(retry), fmt::format("{}\nwait_for_attachments = \"{}\"", retry, how_long)}}}};
}

std::string announcing(int attachments) { return Gateway::form("1", fmt::format(R"("attachments": {})", attachments)); }

class Attachments : public testing::Test {
 protected:
  static std::string path(const std::string& id) { return "/v1/requests/" + id + "/attachments"; }
  static std::string head(City& city, const std::string& id, std::string_view type, std::string_view framing) {
    return fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {}\r\nContent-Type: {}\r\n{}\r\n", path(id), city->key(), type,
                       framing);
  }
  static Reply send(City& city, const std::string& id, const std::string& content, std::string_view type) {
    const auto length = fmt::format("Content-Length: {}\r\n", content.size());
    auto answer = WireClient(city->api_port()).ask(head(city, id, type, length) + content);
    return read_reply(answer.status, std::move(answer.body));
  }
  static Reply link(City& city, const std::string& id, std::string_view url) {
    return city->post(path(id), fmt::format(R"({{"url": "{}"}})", url));
  }
  static bool comes_to_be_registered(City& city, const std::string& id) {
    return eventually([&] { return city->state(id) == "registered"; });
  }
  static std::string registered(City& city) {
    auto id = city->take("1");
    EXPECT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
    return id;
  }
  /// Its system knows all there is to know.
  static bool is_told(City& city, const std::string& id) {
    return eventually([&] { return city->request(id).at("/amendment/state") == "none"; });
  }
  /// Before this life's lookup has proved itself: a person looks, and has it sent again.
  static void settle_where_a_call_died(City& city, const std::string& id) {
    const auto state = [&] { return city->request(id).at("/amendment/state"); };
    ASSERT_TRUE(eventually([&] { return state() == "none" || state() == "held"; })) << city->request(id).body;
    if (state() == "held") city->settle(id, R"({"action": "send_again", "by": "زهرا احمدی"})");
    ASSERT_TRUE(is_told(city, id)) << city->request(id).body;
  }
  static std::string media_url(City& city) { return city.ledger(Which::system137).at("/registrations/0/fields/media_url"); }
  static std::filesystem::path file_of(City& city, const std::string& digest) {
    return city->folder() / "salam.db.attachments" / digest.substr(0, 2) / digest.substr(2);
  }
};

TEST_F(Attachments, AreFetchedBy137AtTheAddressThatCameWithTheRegistration) {
  City city(waiting("60s"));
  const auto id = city->take_in(announcing(2));
  const auto sent = send(city, id, jpeg, "image/jpeg");
  EXPECT_EQ(sent.status, 201) << sent.body;
  EXPECT_EQ(city.ledger(Which::system137, true).at("/count"), "0") << "it waits for the second";
  EXPECT_EQ(send(city, id, pdf, "application/pdf").status, 201);
  ASSERT_TRUE(comes_to_be_registered(city, id)) << "long before the wait is over";
  const auto address = media_url(city);
  ASSERT_TRUE(address.starts_with(fmt::format("{}/v1/media/{}/", public_url, sent.at("/digest")))) << address;
  const auto fetched = call(city->api_port(), "GET", address.substr(public_url.size()));
  EXPECT_EQ(fetched.status, 200);
  EXPECT_EQ(fetched.body, jpeg);
  EXPECT_EQ(fetched.header("content-type"), "image/jpeg");
  EXPECT_EQ(fetched.header("content-disposition"), "attachment");
  EXPECT_EQ(fetched.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(call(city->api_port(), "GET", address.substr(public_url.size()) + "0").status, 404);
  EXPECT_THAT(city->log(), Not(HasSubstr(address.substr(address.size() - 32)))) << "whoever reads the log must not read the file";
  EXPECT_EQ(city->get(path(id) + "/" + sent.at("/digest")).body, jpeg);
  EXPECT_EQ(city->audit(), 0);
}

TEST_F(Attachments, ThatAreLinksGoOnAsTheyAre) {
  City city(waiting("60s"));
  const auto id = city->take_in(announcing(1));
  EXPECT_EQ(link(city, id, "https://elsewhere.test/1.jpg").at("/code"), "link_not_allowed");
  EXPECT_EQ(link(city, id, "https://photos.example/1.jpg?a=b&c=d").status, 201);
  ASSERT_TRUE(comes_to_be_registered(city, id));
  EXPECT_EQ(media_url(city), "https://photos.example/1.jpg?a=b&c=d");
}

TEST_F(Attachments, ThatNeverComeOrWereLostHoldNoRegistrationUp) {
  City city(waiting("1s"));
  const auto id = city->take_in(announcing(2));
  const auto sent = send(city, id, jpeg, "image/jpeg");
  ASSERT_EQ(sent.status, 201);
  std::filesystem::remove(file_of(city, sent.at("/digest")));
  ASSERT_TRUE(comes_to_be_registered(city, id));
  EXPECT_EQ(media_url(city), "(absent)") << "no address that leads nowhere";
  EXPECT_EQ(city->get(path(id) + "/" + sent.at("/digest")).at("/code"), "unknown_attachment");
  EXPECT_EQ(city->run({"audit"}).code, 3) << "the audit misses the file";
  EXPECT_EQ(send(city, id, jpeg, "image/jpeg").status, 200) << "sent again, it is there again";
  EXPECT_EQ(city->audit(), 0);
}

/// 137 that takes files.
class FilesFor137 : public Attachments {
 protected:
  FilesFor137() {
    std::ifstream example(std::string(SALAM_SOURCE_DIR) + "/docker/examples/system137.toml");
    std::string text{std::istreambuf_iterator<char>(example), {}};
    const std::string urls = "media = \"urls\"";
    folder_.write("137.toml", text.replace(text.find(urls), urls.size(), "media = \"files\""));
  }
  City::Options options(std::string_view how_long = "60s") {
    auto options = waiting(how_long);
    options.gateway.replace[SALAM_SOURCE_DIR "/docker/examples/system137.toml"] = (folder_ / "137.toml").string();
    return options;
  }
  static std::string uploaded(City& city, std::string_view what) {
    return city.ledger(Which::system137).at("/registrations/0/files/" + std::string(what));
  }

 private:
  Folder folder_;
};

TEST_F(FilesFor137, ArriveAsTheyAreAndABrokenOneHoldsNothingUp) {
  City city(options());
  const auto id = city->take_in(announcing(3));
  const auto lost = send(city, id, "%PDF-1.7 lost", "application/pdf");
  ASSERT_EQ(lost.status, 201);
  std::filesystem::remove(file_of(city, lost.at("/digest")));
  const auto scan = send(city, id, jpeg, "image/jpeg");
  EXPECT_EQ(link(city, id, "https://photos.example/1.jpg").status, 201);
  ASSERT_TRUE(comes_to_be_registered(city, id));
  EXPECT_EQ(uploaded(city, "0/sha256"), scan.at("/digest")) << "the digest of what was uploaded";
  EXPECT_EQ(uploaded(city, "0/media_type"), "image/jpeg");
  EXPECT_EQ(uploaded(city, "1/sha256"), "(absent)");
  EXPECT_EQ(city->query("SELECT detail LIKE '1 of 2 files went along, 1 could not be read%' FROM attempts WHERE action = 'register'"), "1");
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
}

TEST_F(FilesFor137, ThatItRefusesHoldNothingUp) {
  City city(options());
  city.fault(Which::system137, R"({"mode": "status", "on": "register_files", "status": 413})");
  const auto id = city->take_in(announcing(1));
  ASSERT_EQ(send(city, id, jpeg, "image/jpeg").status, 201);
  ASSERT_TRUE(comes_to_be_registered(city, id));
  EXPECT_EQ(uploaded(city, "0/sha256"), "(absent)");
  EXPECT_TRUE(media_url(city).starts_with(public_url)) << "it may fetch them instead";
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
}

TEST_F(FilesFor137, AreLeftBehindWhereItBreaksDownOverThem) {
  City city(options());
  city.fault(Which::system137, R"({"mode": "reset_before", "on": "register_files"})");
  // Its registration proves the lookup.
  const auto known = city->take_in(Gateway::form("2", R"("attachments": 1)"));
  ASSERT_EQ(link(city, known, "https://photos.example/1.jpg").status, 201);
  ASSERT_TRUE(comes_to_be_registered(city, known));
  const auto id = city->take_in(announcing(1));
  ASSERT_EQ(send(city, id, jpeg, "image/jpeg").status, 201);
  ASSERT_TRUE(eventually([&] { return city.strikes(Which::system137) == 1; }));
  ASSERT_TRUE(comes_to_be_registered(city, id));
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
}

TEST_F(FilesFor137, ThatComeLateArriveAsTheyAreAndWhereTheyAreRefusedTheirAddressDoes) {
  City city(options("0s"));
  const auto id = registered(city);
  const auto scan = send(city, id, jpeg, "image/jpeg");
  ASSERT_TRUE(is_told(city, id));
  const auto first = city.ledger(Which::system137);
  EXPECT_EQ(first.at("/amendments/0/files/0/sha256"), scan.at("/digest"));
  EXPECT_EQ(first.at("/amendments/0/fields/media_url"), "(absent)") << "it would show twice";
  city.fault(Which::system137, R"({"mode": "status", "on": "amend_files", "status": 415})");
  const auto form = send(city, id, pdf, "application/pdf");
  ASSERT_TRUE(is_told(city, id));
  const auto second = city.ledger(Which::system137);
  EXPECT_EQ(second.count("/amendments"), 2U);
  EXPECT_EQ(second.count("/amendments/1/files"), 0U);
  EXPECT_THAT(second.at("/amendments/1/fields/media_url"), HasSubstr(form.at("/digest"))) << "it may fetch it instead";
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
}

// --- what comes late -------------------------------------------------------------------------------------------------

TEST_F(Attachments, ThatComeAfterTheRegistrationAreSentOnOnce) {
  City city(waiting("0s"));
  const auto id = registered(city);
  const auto sent = send(city, id, jpeg, "image/jpeg");
  EXPECT_EQ(sent.status, 201) << sent.body;
  ASSERT_TRUE(is_told(city, id)) << city->request(id).body;
  EXPECT_EQ(send(city, id, jpeg, "image/jpeg").status, 200);
  EXPECT_EQ(link(city, id, "https://photos.example/1.jpg").status, 201);
  ASSERT_TRUE(eventually([&] { return city.ledger(Which::system137).count("/amendments") == 2; })) << city->request(id).body;
  const auto ledger = city.ledger(Which::system137);
  const auto address = ledger.at("/amendments/0/fields/media_url");
  ASSERT_TRUE(address.starts_with(fmt::format("{}/v1/media/{}/", public_url, sent.at("/digest")))) << address;
  EXPECT_EQ(call(city->api_port(), "GET", address.substr(public_url.size())).body, jpeg);
  EXPECT_THAT(ledger.at("/amendments/0/fields/description"), HasSubstr("پیوست: " + address));
  EXPECT_EQ(ledger.at("/amendments/1/fields/media_url"), "https://photos.example/1.jpg") << "the first it knows already";
  EXPECT_EQ(city->get("/v1/attention").count("/items"), 0U);
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
  EXPECT_THAT(city->log(), Not(HasSubstr(address.substr(address.size() - 32)))) << "whoever reads the log must not read the file";
  EXPECT_THAT(city->get("/v1/events").body, Not(HasSubstr(address)));
  EXPECT_EQ(city->audit(), 0);
}

TEST_F(Attachments, ThatComeLateSurviveAnOutageAndAKill) {
  City city(waiting("0s"));
  const auto id = registered(city);
  city.fault(Which::system137, R"({"mode": "status", "on": "amend", "status": 503})");
  const auto sent = send(city, id, jpeg, "image/jpeg");
  ASSERT_EQ(sent.status, 201);
  city->kill();
  city->start();
  EXPECT_EQ(send(city, id, jpeg, "image/jpeg").status, 200) << "as an app does that got no answer";
  EXPECT_EQ(link(city, id, "https://photos.example/1.jpg").status, 201);
  EXPECT_EQ(city->request(id).at("/amendment/fields"), R"(["attachments"])");
  city.heal(Which::system137);
  settle_where_a_call_died(city, id);
  const auto ledger = city.ledger(Which::system137);
  EXPECT_THAT(ledger.at("/amendments/0/fields/media_url"), HasSubstr(sent.at("/digest")));
  EXPECT_THAT(ledger.body, HasSubstr("https://photos.example/1.jpg"));
  EXPECT_EQ(city->audit(), 0);
}

TEST_F(Attachments, OfASystemWorkedByHandAreOneItemUntilSomebodySawToThem) {
  auto options = waiting("0s");
  options.gateway.replace["driver = \"open311\""] = "driver = \"by_hand\"";
  City city(options);
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->state(id) == "by_hand"; }));
  EXPECT_EQ(city->settle(id, R"({"action": "registered", "by": "زهرا احمدی", "code": "1405123"})").status, 200);
  ASSERT_EQ(send(city, id, jpeg, "image/jpeg").status, 201);
  ASSERT_TRUE(eventually([&] { return city->request(id).at("/amendment/state") == "held"; })) << city->request(id).body;
  ASSERT_EQ(send(city, id, pdf, "application/pdf").status, 201);
  const auto list = city->get("/v1/attention?reason=amend");
  EXPECT_EQ(list.count("/items"), 1U) << list.body;
  EXPECT_THAT(list.at("/items/0/detail"), HasSubstr("new attachments"));
  EXPECT_EQ(city->settle(id, R"({"action": "dealt_with", "by": "زهرا احمدی"})").status, 200);
  EXPECT_EQ(city->get("/v1/attention").count("/items"), 0U);
  EXPECT_EQ(send(city, id, pdf, "application/pdf").status, 200);
  EXPECT_EQ(city->get("/v1/attention").count("/items"), 0U) << "that one was seen";
  ASSERT_EQ(link(city, id, "https://photos.example/1.jpg").status, 201);
  EXPECT_TRUE(eventually([&] { return city->get("/v1/attention?reason=amend").count("/items") == 1; }));
  EXPECT_EQ(city->audit(), 0);
}

TEST_F(Attachments, ThatComeLateAreNoBusinessOfADeskWithoutAPlaceForThem) {
  City city(waiting("0s"));
  const auto id = city->take_in(Gateway::form("1", R"("category": "loan")"));
  ASSERT_TRUE(comes_to_be_registered(city, id));
  ASSERT_EQ(send(city, id, jpeg, "image/jpeg").status, 201);
  ASSERT_TRUE(eventually([&] { return city->query("SELECT attachments_told FROM cases") == "1"; }));
  EXPECT_EQ(city.ledger(Which::service_desk).count("/amendments"), 0U);
  EXPECT_EQ(city->request(id).at("/amendment/number"), "(absent)");
  EXPECT_EQ(city->request(id).count("/attachments"), 1U) << "officers see it here";
  EXPECT_EQ(city->get("/v1/attention?reason=amend").count("/items"), 0U);
}

TEST_F(Attachments, AreTakenUpToTheirLimitHoweverTheyAreFramed) {
  City city(waiting("0s", "max_bytes = 100000\n"));
  const auto id = city->take("1");
  const auto largest = pdf + std::string(100'000 - pdf.size(), 'x');
  EXPECT_EQ(send(city, id, largest, "application/pdf").status, 201);
  const auto refused = send(city, id, largest + "x", "application/pdf");
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(refused.at("/limit"), "100000");

  const auto chunked = [&](const std::string& content) {
    const auto chunk = fmt::format("{:x}\r\n{}\r\n", content.size(), content);
    return WireClient(city->api_port())
        .ask(head(city, id, "application/pdf", "Transfer-Encoding: chunked\r\n") + chunk + "0\r\n\r\n")
        .status;
  };
  EXPECT_EQ(chunked(pdf), 201);
  EXPECT_EQ(chunked(largest + "x"), 413);
  EXPECT_EQ(WireClient(city->api_port()).ask(head(city, id, "image/jpeg", "")).status, 415) << "neither length nor body";
  EXPECT_EQ(send(city, id, jpeg, "image/gif").at("/code"), "unsupported_media_type");
  EXPECT_EQ(city->get(path(id)).count("/attachments"), 2U);
}

TEST_F(Attachments, BeyondThoseThatAreTakenAtOnceComeAgain) {
  City city(waiting("0s", "at_once = 1\n"));
  const auto id = city->take("1");
  WireClient slow(city->api_port());
  slow.send(head(city, id, "application/pdf", fmt::format("Content-Length: {}\r\n", pdf.size())) + pdf.substr(0, 5));
  Reply refused;
  EXPECT_TRUE(eventually([&] {
    refused = link(city, id, "https://photos.example/1.jpg");
    return refused.status == 429;
  })) << refused.status;
  EXPECT_EQ(refused.at("/code"), "overloaded");
  EXPECT_EQ(refused.header("retry-after"), "1");
  EXPECT_EQ(city->get(path(id)).status, 200) << "nothing else is held up";
  slow.send(pdf.substr(5));
  EXPECT_EQ(slow.read().status, 201);
  EXPECT_THAT(link(city, id, "https://photos.example/1.jpg").status, testing::AnyOf(200, 201));
}

TEST_F(Attachments, ThatWereAcknowledgedSurviveAKill) {
  City city(waiting("0s"));
  const auto id = city->take("1");
  const auto sent = send(city, id, jpeg, "image/jpeg");
  ASSERT_EQ(sent.status, 201);
  city->kill();
  const auto orphan = "ab"s + std::string(62, '0');
  std::filesystem::create_directories(file_of(city, orphan).parent_path());
  city->folder().write("salam.db.attachments/ab/" + std::string(62, '0'), "written, but its row never was");
  city->start();
  EXPECT_FALSE(std::filesystem::exists(file_of(city, orphan)));
  EXPECT_EQ(city->get(path(id) + "/" + sent.at("/digest")).body, jpeg);
  EXPECT_EQ(city->audit(), 0);
}

TEST_F(Attachments, StandInTheBackupAndComeBackWithIt) {
  City city(waiting("0s"));
  const auto id = city->take("1");
  const auto sent = send(city, id, jpeg, "image/jpeg");
  ASSERT_EQ(sent.status, 201);
  const auto file = (city->folder() / "copy.db").string();
  const auto made = city->run({"backup", file});
  EXPECT_EQ(made.code, 0) << made.output;
  EXPECT_THAT(made.output, HasSubstr("1 files of attachments"));
  EXPECT_EQ(city->stop(), 0);
  std::filesystem::remove_all(city->folder() / "salam.db.attachments");
  EXPECT_THAT(city->run({"restore", file}).output, Not(HasSubstr("MISSING")));
  city->start();
  EXPECT_EQ(city->get(path(id) + "/" + sent.at("/digest")).body, jpeg);
  EXPECT_EQ(city->audit(), 0);

  EXPECT_EQ(city->stop(), 0);
  std::filesystem::remove_all(city->folder() / "salam.db.attachments");
  std::filesystem::remove_all(city->folder() / "copy.db.attachments");
  const auto without = city->run({"restore", file});
  EXPECT_EQ(without.code, 3);
  EXPECT_THAT(without.output, HasSubstr("MISSING 1 of 1 files of attachments"));
}

}  // namespace
}  // namespace salam::test
