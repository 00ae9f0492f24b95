#include "tests/stand_ins/demo/verdict.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <utility>

#include <unicode/uchar.h>

#include "tests/stand_ins/demo/characters.h"
#include "tests/stand_ins/demo/topic_reader.h"

namespace salam::stand_ins::demo {

namespace {

using Codes = std::set<std::pair<std::string, std::string>>;  // The system's code, the gateway's.

auto count_if(const std::vector<Row>& rows, auto condition) { return std::ranges::count_if(rows, condition); }

rapidjson::Document ledger_of(const rapidjson::Document& ready_file, const char* system) {
  auto url = text_at(ready_file, {"control", system});
  return parse(ApiClient(url, "").get("/_control/ledger").body, url);
}

/// With Latin digits and without blanks, as codes are compared: texts show them with Persian digits, in groups.
std::string plain(std::string_view text) {
  std::u32string plain;
  for (auto character : characters_of(text)) {
    auto digit = u_charDigitValue(static_cast<UChar32>(character));
    if (digit >= 0) {
      plain += U'0' + static_cast<char32_t>(digit);
    } else if (!u_isUWhiteSpace(static_cast<UChar32>(character))) {
      plain += character;
    }
  }
  return to_utf8(plain);
}

void compare_registrations(Verdict& verdict, const std::vector<Row>& rows, const rapidjson::Document& ready_file, const char* system,
                           const std::string& name) {
  auto ledger = ledger_of(ready_file, system);
  Codes seen;
  for (const auto& each : ledger["registrations"].GetArray()) seen.emplace(text_at(each, {"id"}), text_at(each, {"external_id"}));
  Codes told;
  for (const auto& row : rows) {
    if (row.registered() && row.system == system) told.emplace(row.code, row.tracking_code);
  }
  verdict.check(name + " holds exactly these registrations, each once", seen == told && ledger["duplicates"].Empty());
}

std::map<std::string, std::int64_t> history_lengths(const std::vector<Row>& rows, ApiClient& api) {
  std::map<std::string, std::int64_t> lengths;
  for (const auto& row : rows) {
    auto target = "/v1/requests/" + row.id + "/history?page_size=100";
    auto history = parse(api.get(target).body, target);
    lengths[row.id] = static_cast<std::int64_t>(history["events"].Size());
  }
  return lengths;
}

bool same_events(const std::map<std::string, std::int64_t>& expected, const std::map<std::string, TopicReader::Count>& read) {
  return std::ranges::all_of(expected, [&](const auto& request) {
    auto found = read.find(request.first);
    return found != read.end() && found->second.in_order && found->second.events == request.second;
  });
}

}  // namespace

Verdict::Verdict(const std::vector<Row>& rows) {
  std::map<std::string, int> reasons;
  for (const auto& row : rows) {
    for (const auto& reason : row.attention) ++reasons[reason];
  }
  auto in = [&](const char* system) { return count_if(rows, [&](const Row& row) { return row.registered() && row.system == system; }); };
  std::cout << "\nReceived                      " << rows.size();
  std::cout << "\nRegistered in 137             " << in("137");
  std::cout << "\nRegistered in the desk        " << in("service_desk") << " (of which 137 had refused "
            << count_if(rows, [](const Row& row) { return row.registered() && row.system != row.routed_to; }) << ")";
  std::cout << "\nTexts sent                    " << count_if(rows, [](const Row& row) { return !row.message.empty(); });
  std::cout << "\nTexts delivered               " << count_if(rows, [](const Row& row) { return row.message == "delivered"; });
  std::cout << "\nLeft for a person             " << count_if(rows, [](const Row& row) { return !row.attention.empty(); });
  for (const auto& [reason, count] : reasons) std::cout << "\n  " << reason << std::string(28 - reason.size(), ' ') << count;
  std::cout << "\n\n";
  check("every request is registered and its citizen told, or on the attention list", std::ranges::all_of(rows, &Row::settled));
  check("what became of every registered request is known",
        std::ranges::all_of(rows, [](const Row& row) { return row.done() || !row.registered(); }));
}

void Verdict::check(const std::string& what, bool holds) {
  std::cout << (holds ? "ok    " : "WRONG ") << what << std::endl;
  holds_ = holds_ && holds;
}

void compare_with_ledgers(Verdict& verdict, const std::vector<Row>& rows, const rapidjson::Document& ready_file) {
  compare_registrations(verdict, rows, ready_file, "137", "137");
  compare_registrations(verdict, rows, ready_file, "service_desk", "the desk");
  auto texts = ledger_of(ready_file, "sms");
  auto delivered = count_if(rows, [](const Row& row) { return row.message == "delivered"; });
  verdict.check("the texts went out once each, and as many arrived as the gateway says",
                number_at(texts, "sent_more_than_once") == 0 && number_at(texts, "delivered") >= delivered);
  std::set<std::string> told;
  for (const auto& text : texts["texts"].GetArray()) {
    if (number_at(text, "status") == 10) told.insert(plain(text_at(text, {"text"})));
  }
  verdict.check("each code that was told by text stands in a delivered text", std::ranges::all_of(rows, [&](const Row& row) {
                  return row.told_by != "sms" ||
                         std::ranges::any_of(told, [&](const auto& text) { return text.find(plain(row.told_code)) != std::string::npos; });
                }));
}

void compare_with_topic(Verdict& verdict, const std::vector<Row>& rows, const rapidjson::Document& ready_file, ApiClient& api,
                        std::chrono::steady_clock::time_point deadline) {
  auto expected = history_lengths(rows, api);
  TopicReader reader(text_at(ready_file, {"kafka"}), text_at(ready_file, {"topic"}));
  while (!same_events(expected, reader.counts()) && std::chrono::steady_clock::now() < deadline) {
    reader.read(std::chrono::seconds(1));
    expected = history_lengths(rows, api);
  }
  std::int64_t events = 0;
  for (const auto& [id, count] : reader.counts()) events += expected.contains(id) ? count.events : 0;  // Meetings have theirs too.
  verdict.check("Kafka holds the events of every request, once and in order: " + std::to_string(events),
                same_events(expected, reader.counts()));
}

}  // namespace salam::stand_ins::demo
