#pragma once

#include <chrono>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <unistd.h>

#include "adapters/http_client/client.h"
#include "gateway/domain/request.h"
#include "gateway/ports/executor.h"
#include "gateway/ports/upstream.h"

/// What the drivers' tests share: a request, replies, and a client that plays a script.
namespace salam::upstream {

inline const TrackingCode sample_code = TrackingCode::from_random(0x0123'4567'89AB'CDEF);
inline const TrackingCode other_code = TrackingCode::from_random(0xFEDC'BA98'7654'3210);

inline Request sample_request() {
  using namespace std::chrono;
  Request request{.key = 7,
                  .id = Uuid{},
                  .code = sample_code,
                  .form_item = {"m-1405-17", "0042", 2},
                  .received_at = sys_days(2026y / November / 24) + 15h,
                  .received_from = "typing",
                  .content = {.region = *Region::from_number(5),
                              .kind = Kind::complaint,
                              .category = "آسفالت",
                              .subject = Sensitive<std::string>("چاله <b>بزرگ</b>"),
                              .description = Sensitive<std::string>("روبه‌روی پلاک ۱۲ & کوچه \"گل\""),
                              .citizen = {Sensitive<std::string>("علی رضایی"), Sensitive<std::string>("۰۹۱۳ ۱۲۳ ۴۵۶۷"),
                                          Sensitive<std::string>("+989131234567"), Sensitive<std::string>("")},
                              .address = Sensitive<std::string>("خیابان چهارباغ"),
                              .coordinates = std::nullopt},
                  .route = {},
                  .registration = {},
                  .told = {},
                  .attention = {},
                  .citizen_hash = "",
                  .traceparent = ""};
  request.registration.intent_at = request.received_at + minutes(1);
  return request;
}

/// Registered, and then corrected and assigned by the working group: its second amendment is under way.
inline Request amended_request() {
  using namespace std::chrono;
  auto request = sample_request();
  request.meeting_date = 2026y / November / 24;
  request.registration.code = "SD-1";
  request.handling.assignment = Assignment{.unit = "خدمات شهری \"۵\"",
                                           .due = 2026y / December / 1,
                                           .explanation = Sensitive<std::string>("ترمیم <آسفالت> & جدول"),
                                           .note = "برای ما",
                                           .by = "مدیر منطقه",
                                           .at = request.received_at + days(2)};
  auto& amendment = request.handling.amendment;
  amendment.state = AmendmentState::calling;
  amendment.number = 2;
  for (const auto field : {Field::category, Field::unit, Field::due}) amendment.under_way.set(static_cast<std::size_t>(field));
  amendment.intent_at = request.received_at + days(2);
  return request;
}
/// The same, of attachments that came later.
inline Request attached_request() {
  auto request = amended_request();
  request.handling.amendment.under_way = bit(Field::attachments);
  request.media_urls = {"https://gateway.example/v1/media/ab", "https://photos.example/2.jpg"};
  return request;
}
inline const std::string sample_mark = sample_code.digits() + "-2";

inline MediaFile sample_file(std::string name, std::string media_type, std::string content) {
  return {Sensitive(std::move(name)), std::move(media_type), std::make_shared<const std::string>(std::move(content))};
}

/// A configuration that ships.
inline std::string example(const std::string& name) {
  std::ifstream file(std::string(SALAM_SOURCE_DIR) + "/docker/examples/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// system137.toml, with files going along.
inline std::string open311_with_files() {
  auto text = example("system137.toml");
  const std::string urls = "media = \"urls\"";
  return text.replace(text.find(urls), urls.size(), "media = \"files\"");
}

/// service_desk.toml, with what is sent in one part of a multipart form and the files in others.
inline std::string multipart_desk() {
  auto text = example("service_desk.toml");
  const auto into_parts = [&text](const std::string& table, const std::string& name) {
    const std::string body = "body = '''";
    const auto at = text.find("body_format", text.find("\n[" + table + "]"));
    const auto value = text.find(body, at) + body.size();
    const auto end = text.find("'''", value);
    const auto part = "[[" + table + ".part]]\nname = \"";
    const auto parts = "body_format = \"multipart\"\n" + part + name + "\"\ntype = \"application/json\"\nvalue = '''" +
                       text.substr(value, end - value) + "'''\n" + part + "files\"\nfile = true\n";
    // What else the table says stands before its parts.
    const auto next = text.find("\n[", end);
    const auto rest = text.substr(end + 3, next - end - 3);
    text.replace(at, next - at, rest + "\n" + parts);
  };
  into_parts("submit", "ticket");
  into_parts("amend", "amendment");
  return text;
}

/// Gone with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view text)
      : path_(std::filesystem::temp_directory_path().string() + "/salam-mapping-" + std::to_string(getpid()) + ".toml") {
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline http_client::Response reply(int status, std::string body, std::string type = "application/json") {
  return {status, {{"content-type", std::move(type)}}, std::move(body)};
}

template <class Outcome>
std::string_view name_of(const Outcome& outcome) {
  return std::visit(
      []<class T>(const T&) -> std::string_view {
        if constexpr (std::is_same_v<T, outcome::Registered>) return "registered";
        if constexpr (std::is_same_v<T, outcome::Pending>) return "pending";
        if constexpr (std::is_same_v<T, outcome::ByHand>) return "by_hand";
        if constexpr (std::is_same_v<T, outcome::Refused>) return "refused";
        if constexpr (std::is_same_v<T, outcome::TryLater>) return "try_later";
        if constexpr (std::is_same_v<T, outcome::Uncertain>) return "uncertain";
        if constexpr (std::is_same_v<T, outcome::Unclear>) return "unclear";
        if constexpr (std::is_same_v<T, outcome::Misconfigured>) return "misconfigured";
        if constexpr (std::is_same_v<T, outcome::Found>) return "found";
        if constexpr (std::is_same_v<T, outcome::Absent>) return "absent";
        if constexpr (std::is_same_v<T, outcome::NotYet>) return "not_yet";
        if constexpr (std::is_same_v<T, outcome::Amended>) return "amended";
        if constexpr (std::is_same_v<T, std::vector<ProgressReport>>) return "answered";
      },
      outcome);
}

/// Runs what was posted when told to; keeps the waits that were asked for.
class FakeExecutor final : public Executor {
 public:
  void post(std::function<void()> work) override { posted.push_back(std::move(work)); }
  void call_after(Milliseconds wait, std::function<void()> work) override { timers.emplace_back(wait, std::move(work)); }
  void run_posted() {
    for (auto work = std::exchange(posted, {}); auto& one : work) one();
  }
  Milliseconds fire_next_timer() {
    auto [wait, work] = std::move(timers.front());
    timers.pop_front();
    work();
    return wait;
  }

  std::vector<std::function<void()>> posted;
  std::deque<std::pair<Milliseconds, std::function<void()>>> timers;
};

/// Notes what is sent and answers when told to.
class ScriptedClient final : public http_client::Client {
 public:
  void send(http_client::Request request, std::chrono::milliseconds timeout, http_client::Handler handler) override {
    sent.push_back(std::move(request));
    timeouts.push_back(timeout);
    handlers.push_back(std::move(handler));
  }
  void answer(http_client::Outcome outcome) {
    auto handler = std::move(handlers.front());
    handlers.pop_front();
    handler(std::move(outcome));
  }

  std::vector<http_client::Request> sent;
  std::vector<std::chrono::milliseconds> timeouts;
  std::deque<http_client::Handler> handlers;
};

}  // namespace salam::upstream
