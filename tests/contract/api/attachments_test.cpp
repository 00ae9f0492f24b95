#include <atomic>

#include "gateway/store/attachment_files.h"
#include "tests/contract/api/api_fixture.h"

namespace salam::test {
namespace {

using namespace std::string_literals;
const std::string nobody = "0193a1c2-7b1e-7c3d-9f00-5d1b2c3a4e5f";
const std::string jpeg = "\xFF\xD8\xFF\xE0 a form"s;
const std::string pdf = "%PDF-1.7 a form";

/// Every reply is held against openapi.yaml by the fixture itself.
class AttachmentReplies : public Api {
 protected:
  AttachmentReplies() : id_(take_in("1")) {}

  [[nodiscard]] std::string path(const std::string& more = "") const { return "/v1/requests/" + id_ + "/attachments" + more; }
  Answer send(std::string content, const std::string& type, const std::string& query = "") {
    return post(path(query), std::move(content), {{"content-type", type}});
  }
  Answer send_link(const std::string& url) { return send(R"({"url": ")" + url + "\"}", "application/json"); }
  static std::string header(const Answer& answer, std::string_view name) {
    const auto found = std::ranges::find(answer.response.headers, name, &std::pair<std::string, std::string>::first);
    return found == answer.response.headers.end() ? "" : found->second;
  }
  void lose(const std::string& digest) const {
    std::filesystem::remove(store::attachment_folder(directory_.database()) + '/' + digest.substr(0, 2) + '/' + digest.substr(2));
  }
  std::string address() {
    auto attached = store_->attachments(record(id_).request.key);
    return api::media_address(*store_, context_->attachments.public_url, attached.at(0));
  }
  /// The part of the address that this server serves.
  std::string media_path() { return address().substr(context_->attachments.public_url.size()); }

  std::string id_;
};

TEST_F(AttachmentReplies, OfAnUploadSayWhatIsStored) {
  const auto stored = send(jpeg, "image/jpeg", "?name=%D9%81%D8%B1%D9%85%20%DB%B1.jpg");
  EXPECT_EQ(stored.response.status, 201);
  EXPECT_EQ(stored.at("/digest"), store::digest_of(jpeg));
  EXPECT_EQ(stored.at("/media_type"), "image/jpeg");
  EXPECT_EQ(stored.at("/size"), std::to_string(jpeg.size()));
  EXPECT_EQ(stored.at("/name"), "فرم ۱.jpg");
  EXPECT_EQ(stored.at("/added_by"), "tablet");
  EXPECT_EQ(header(stored, "Location"), path("/" + store::digest_of(jpeg)));

  const auto again = send(jpeg, "image/jpeg; charset=utf-8", "?name=other.jpg");
  EXPECT_EQ(again.response.status, 200);
  EXPECT_EQ(again.response.body, stored.response.body) << "as it came the first time";

  EXPECT_EQ(send(pdf, "Application/PDF").at("/name"), "(absent)");
  const auto all = get(path());
  EXPECT_EQ(all.at("/attachments/0/media_type"), "image/jpeg");
  EXPECT_EQ(all.at("/attachments/1/media_type"), "application/pdf");
  EXPECT_EQ(get("/v1/requests/" + id_).at("/attachments/1/digest"), store::digest_of(pdf));
  EXPECT_EQ(get("/v1/requests").at("/requests/0/attachments"), "(absent)") << "lists leave them out";
}

TEST_F(AttachmentReplies, OfADownloadAreTheFileToBeSaved) {
  send(jpeg, "image/jpeg", "?name=%D9%81%22.jpg");
  const auto file = get(path("/" + store::digest_of(jpeg)));
  EXPECT_EQ(file.response.status, 200);
  EXPECT_EQ(file.response.body, jpeg);
  EXPECT_EQ(file.response.content_type, "image/jpeg");
  EXPECT_EQ(header(file, "Content-Disposition"), "attachment; filename*=UTF-8''%D9%81%22.jpg");
  send(pdf, "application/pdf");
  EXPECT_EQ(header(get(path("/" + store::digest_of(pdf))), "Content-Disposition"), "attachment");
}

TEST_F(AttachmentReplies, OfWhatIsNotThereSaySo) {
  send(pdf, "application/pdf");
  const auto digest = store::digest_of(pdf);
  EXPECT_EQ(get(path("/" + store::digest_of("x"))).at("/code"), "unknown_attachment");
  EXPECT_EQ(get(path("/..%2F..%2Fsalam.db")).at("/code"), "unknown_attachment");
  EXPECT_EQ(get("/v1/requests/" + nobody + "/attachments").at("/code"), "unknown_request");
  EXPECT_EQ(get("/v1/requests/" + nobody + "/attachments/" + digest).at("/code"), "unknown_request");
  const auto other = take_in("2");
  EXPECT_EQ(get("/v1/requests/" + other + "/attachments/" + digest).at("/code"), "unknown_attachment") << "another request's";
  EXPECT_EQ(post("/v1/requests/" + nobody + "/attachments", pdf, {{"content-type", "application/pdf"}}).at("/code"), "unknown_request");
  lose(digest);
  EXPECT_EQ(get(path("/" + digest)).at("/code"), "unknown_attachment");
}

TEST_F(AttachmentReplies, RefuseWhatIsNotOfTheTypeAnnounced) {
  EXPECT_EQ(send(jpeg, "image/png").at("/why"), "announced was image/png, what came is image/jpeg");
  for (const auto& [content, type] : std::vector<std::pair<std::string, std::string>>{{"", "image/jpeg"},
                                                                                      {"<html><script>", "image/png"},
                                                                                      {pdf, "text/html"},
                                                                                      {pdf, ""},
                                                                                      {"GIF89a", "image/gif"},
                                                                                      {" " + pdf, "application/pdf"}}) {
    const auto refused = send(content, type);
    EXPECT_EQ(refused.response.status, 415) << type << content;
    EXPECT_EQ(refused.at("/code"), "attachment_type");
  }
  EXPECT_EQ(get(path()).at("/attachments"), "[]");
}

TEST_F(AttachmentReplies, RefuseANameThatMisleads) {
  for (const auto* const name : {"..%2Fa.pdf", "a%5Cb.pdf", "a%0Ab.pdf", "a%E2%80%AEfdp.exe", "", ".."}) {
    const auto refused = send(pdf, "application/pdf", "?name="s + name);
    EXPECT_EQ(refused.at("/code"), "parameter_invalid") << name;
    EXPECT_EQ(refused.at("/errors/0/parameter"), "name");
  }
  EXPECT_EQ(send(pdf, "application/pdf", "?nmae=a.pdf").at("/errors/0/parameter"), "nmae");
  EXPECT_EQ(send(R"({"url": "https://photos.example/1", "name": "a/b"})", "application/json").at("/errors/0/pointer"), "/name");
  EXPECT_EQ(get(path()).at("/attachments"), "[]");
}

TEST_F(AttachmentReplies, ToLinksKeepThemAsTheyAreAndRefuseOtherHosts) {
  const auto linked = send(R"({"url": "https://photos.example/1.jpg?a=b", "name": "چاله"})", "application/json");
  EXPECT_EQ(linked.response.status, 201);
  EXPECT_EQ(linked.at("/url"), "https://photos.example/1.jpg?a=b");
  EXPECT_EQ(linked.at("/name"), "چاله");
  EXPECT_EQ(linked.at("/media_type"), "(absent)");
  EXPECT_EQ(send_link("https://photos.example/1.jpg?a=b").response.status, 200);
  EXPECT_EQ(get(path("/" + linked.at("/digest"))).at("/code"), "unknown_attachment") << "it has no file here";

  const auto refused = send_link("https://other.example/1.jpg");
  EXPECT_EQ(refused.response.status, 422);
  EXPECT_EQ(refused.at("/code"), "link_not_allowed");
  EXPECT_EQ(refused.at("/why"), "its host other.example is not allowed");
  EXPECT_EQ(send_link("https://a@photos.example/").at("/code"), "link_not_allowed");
  EXPECT_EQ(send(R"({"link": 1})", "application/json").at("/code"), "schema_violation");
  EXPECT_EQ(send("nonsense", "application/json").at("/code"), "json_invalid");
  EXPECT_EQ(send(std::string(70'000, ' '), "application/json").at("/limit"), "65536");
}

TEST_F(AttachmentReplies, RefuseMoreThanARequestMayHave) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(send(pdf + std::to_string(i), "application/pdf").response.status, 201);
  const auto refused = send(pdf, "application/pdf");
  EXPECT_EQ(refused.response.status, 409);
  EXPECT_EQ(refused.at("/code"), "too_many_attachments");
  EXPECT_FALSE(store::AttachmentFiles(store::attachment_folder(directory_.database())).holds(store::digest_of(pdf), pdf.size()));
  EXPECT_EQ(send_link("https://photos.example/1").at("/code"), "too_many_attachments");
  EXPECT_EQ(send(pdf + "3", "application/pdf").response.status, 200) << "it is there";
}

TEST_F(AttachmentReplies, AreInPersianForWhoWantsThat) {
  const auto refused = post(path(), pdf, {{"content-type", "image/png"}, {"accept-language", "fa"}});
  EXPECT_EQ(refused.at("/title"), "پرونده از نوع اعلام‌شده نیست");
}

TEST_F(AttachmentReplies, ToWhoKnowsTheAddressAreTheFile) {
  send(jpeg, "image/jpeg", "?name=private.jpg");
  EXPECT_THAT(address(), testing::StartsWith("https://gateway.example/salam/v1/media/" + store::digest_of(jpeg) + '/'));
  const auto file = get(media_path());
  EXPECT_EQ(file.response.body, jpeg);
  EXPECT_EQ(header(file, "Content-Disposition"), "attachment") << "the name may say who it is";
}

TEST_F(AttachmentReplies, ToWhoGuessesTheAddressAreNothing) {
  send(jpeg, "image/jpeg");
  const auto right = media_path();
  const auto token = right.substr(right.rfind('/') + 1);
  EXPECT_EQ(token.size(), 32U);
  auto wrong = right;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  const auto of_another = "/v1/media/" + store::digest_of(pdf) + '/' + token;
  for (const auto& guess : {wrong, right.substr(0, right.size() - 1), right + "0", of_another}) {
    EXPECT_EQ(get(guess).at("/code"), "not_found") << guess;
  }
  send(pdf, "application/pdf");
  EXPECT_EQ(get(of_another).at("/code"), "not_found") << "each file has a token of its own";
  lose(store::digest_of(jpeg));
  EXPECT_EQ(get(right).at("/code"), "not_found");
}

TEST_F(AttachmentReplies, AtTheirAddressAreNothingWhereNoAddressIsConfigured) {
  send(jpeg, "image/jpeg");
  send_link("https://photos.example/1");
  const auto right = media_path();
  context_->attachments.public_url.clear();
  EXPECT_EQ(get(right).at("/code"), "not_found");
  EXPECT_EQ(address(), "");
  const auto attached = store_->attachments(record(id_).request.key);
  EXPECT_EQ(api::media_address(*store_, "", attached.at(1)), "https://photos.example/1") << "a link needs none";
}

class AnnouncedAttachments : public Api {
 protected:
  AnnouncedAttachments() {
    policy_.wait_for_attachments = std::chrono::seconds(30);
    context_->policy = policy_;
    context_->added = [this](const std::vector<Task>& tasks) { added_ += static_cast<int>(tasks.size()); };
  }
  /// When the registration's task is due, from the acceptance on.
  Milliseconds due(const std::string& id) {
    for (const auto& task : store_->tasks(Lane::system137, false, {}, 100)) {
      if (task.request == record(id).request.key) return task.due - record(id).request.received_at;
    }
    return Milliseconds(-1);
  }
  void send(const std::string& id, const std::string& content) {
    EXPECT_EQ(post("/v1/requests/" + id + "/attachments", pdf + content, {{"content-type", "application/pdf"}}).response.status, 201);
  }

  std::atomic<int> added_ = 0;
};

TEST_F(AnnouncedAttachments, AreWaitedForUntilTheyAreThere) {
  const auto id = take_in("1", R"("attachments": 2)");
  EXPECT_EQ(due(id), std::chrono::seconds(30));
  send(id, "1");
  EXPECT_EQ(due(id), std::chrono::seconds(30));
  clock_.advance(std::chrono::seconds(3));
  const int before = added_;
  send(id, "2");
  const auto key = record(id).request.key;
  const auto behind_it = [](const Record&) -> Result<Change> { return Error{"unchanged", ""}; };
  EXPECT_FALSE(store::test::Calls{*store_}.update(key, behind_it).ok());
  EXPECT_EQ(due(id), std::chrono::seconds(3)) << "at once";
  EXPECT_EQ(added_, before + 1) << "the pipeline was told";
}

TEST_F(AnnouncedAttachments, ThatAreNoneAreNotWaitedFor) {
  EXPECT_EQ(due(take_in("1", R"("attachments": 0)")), Milliseconds(0));
  EXPECT_EQ(due(take_in("2")), std::chrono::seconds(30)) << "nothing was said";
  EXPECT_EQ(due(take_in("3", R"("attachments": null)")), std::chrono::seconds(30));
}

TEST_F(AnnouncedAttachments, AreNoPartOfTheContent) {
  const auto id = take_in("1", R"("attachments": 2)");
  const auto again = post("/v1/requests", form("1", R"("attachments": 3)"));
  EXPECT_EQ(again.response.status, 200) << again.response.body;
  EXPECT_EQ(again.at("/id"), id);
}

}  // namespace
}  // namespace salam::test
