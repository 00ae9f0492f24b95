#include "tests/stand_ins/demo/demo.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "tests/stand_ins/demo/api_client.h"
#include "tests/stand_ins/demo/row.h"
#include "tests/stand_ins/demo/table.h"
#include "tests/stand_ins/demo/verdict.h"

namespace salam::stand_ins::demo {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto patience_with_kafka = std::chrono::seconds(5);

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("Cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string read_key(const std::string& path) {
  auto key = read_file(path);
  key.erase(key.find_last_not_of(" \r\n\t") + 1);
  return key;
}

std::string to_text(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

void wait_until_ready(const std::string& operations, Clock::time_point deadline) {
  ApiClient client(operations, "");
  while (client.get("/readyz").status != 200) {
    if (Clock::now() > deadline) throw std::runtime_error("The gateway does not get ready: see " + operations + "/readyz?verbose");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

/// All requests of the meeting, oldest first.
std::vector<Row> read_rows(ApiClient& api, const std::string& meeting) {
  std::vector<Row> rows;
  std::string page;
  do {
    auto target = "/v1/requests?page_size=100&meeting=" + meeting + (page.empty() ? "" : "&page_token=" + page);
    auto reply = api.get(target);
    if (reply.status != 200) throw std::runtime_error(target + " answers " + std::to_string(reply.status) + ": " + reply.body);
    auto document = parse(reply.body, target);
    for (const auto& view : document["requests"].GetArray()) rows.push_back(read_row(view));
    page = text_at(document, {"next_page_token"});
  } while (!page.empty());
  std::ranges::reverse(rows);  // The gateway lists the newest first.
  return rows;
}

/// Types the forms in; answers with how many were taken.
class Typist {
 public:
  Typist(ApiClient& api, Table& table, std::string meeting) : api_(api), table_(table), meeting_(std::move(meeting)) {}

  void announce(const std::string& body) {
    auto reply = api_.call("PUT", "/v1/meetings/" + meeting_, body);
    if (reply.status != 200 && reply.status != 201) throw std::runtime_error("The meeting was refused: " + reply.body);
  }

  void one(const rapidjson::Value& form) {
    auto reply = api_.call("POST", "/v1/requests", to_text(form));
    judge(reply.status, reply.body);
    if (++typed_ % forms_between_looks == 0) look();
  }

  void batch(const std::string& forms) {
    auto reply = api_.call("POST", "/v1/requests/batch", forms);
    if (reply.status != 200) throw std::runtime_error("The batch was refused: " + reply.body);
    auto document = parse(reply.body, "the batch's reply");
    for (const auto& result : document["results"].GetArray()) {
      judge(static_cast<int>(number_at(result, "status")), result.HasMember("problem") ? to_text(result["problem"]) : "");
    }
    look();
  }

  [[nodiscard]] std::size_t taken() const { return taken_; }

 private:
  static constexpr int forms_between_looks = 5;

  void judge(int status, const std::string& body) {
    if (status >= 200 && status < 300) {
      ++taken_;
    } else {
      std::cout << "A form was refused with " << status << ": " << body << std::endl;
    }
  }

  void look() { table_.show(read_rows(api_, meeting_), "Typing the forms in: " + std::to_string(taken_)); }

  ApiClient& api_;
  Table& table_;
  std::string meeting_;
  std::size_t taken_ = 0;
  int typed_ = 0;
};

std::string batch_of(const rapidjson::Value& forms, rapidjson::SizeType first) {
  std::string body = R"({"requests":[)";
  for (auto i = first; i < forms.Size(); ++i) body += (i > first ? "," : "") + to_text(forms[i]);
  return body + "]}";
}

std::vector<Row> watch(ApiClient& api, Table& table, const std::string& meeting, Clock::time_point deadline) {
  while (true) {
    auto rows = read_rows(api, meeting);
    auto open = std::ranges::count_if(rows, [](const Row& row) { return !row.done(); });
    if (open == 0 || Clock::now() > deadline) return rows;
    table.show(rows, "All forms are in; still under way: " + std::to_string(open));
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
}

}  // namespace

bool run(const Settings& settings) {
  auto requests = parse(read_file(settings.data + "/requests.json"), settings.data + "/requests.json");
  const auto& forms = requests["requests"];
  if (forms.Empty()) throw std::runtime_error("There are no forms in " + settings.data);
  auto meeting = text_at(forms[0], {"meeting"});
  auto deadline = Clock::now() + settings.deadline;
  if (!settings.operations.empty()) wait_until_ready(settings.operations, deadline);

  ApiClient api(settings.api, read_key(settings.key_file));
  Table table;
  Typist typist(api, table, meeting);
  typist.announce(read_file(settings.data + "/meeting.json"));
  auto singles = forms.Size() - static_cast<rapidjson::SizeType>(std::min<std::size_t>(settings.in_batch, forms.Size()));
  for (rapidjson::SizeType i = 0; i < singles; ++i) {
    typist.one(forms[i]);
    std::this_thread::sleep_for(settings.pace);
  }
  if (singles < forms.Size()) typist.batch(batch_of(forms, singles));

  auto rows = watch(api, table, meeting, deadline);
  table.finish(rows);
  Verdict verdict(rows);
  verdict.check("every form was taken in: " + std::to_string(typist.taken()) + " of " + std::to_string(forms.Size()),
                typist.taken() == forms.Size() && rows.size() == forms.Size());
  if (!settings.stand_ins.empty()) {
    auto ready_file = parse(read_file(settings.stand_ins), settings.stand_ins);
    compare_with_ledgers(verdict, rows, ready_file);
    if (!text_at(ready_file, {"kafka"}).empty())
      compare_with_topic(verdict, rows, ready_file, api, std::max(deadline, Clock::now() + patience_with_kafka));
  }
  return verdict.holds();
}

}  // namespace salam::stand_ins::demo
