#include "tests/stand_ins/faults.h"

#include <algorithm>
#include <array>
#include <limits>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace salam::stand_ins {

namespace {

constexpr std::array<std::pair<std::string_view, Mode>, 19> mode_names{{{"refuse", Mode::refuse},
                                                                        {"status", Mode::status},
                                                                        {"slow", Mode::slow},
                                                                        {"hang", Mode::hang},
                                                                        {"reset_before", Mode::reset_before},
                                                                        {"reset_after", Mode::reset_after},
                                                                        {"garbage", Mode::garbage},
                                                                        {"empty", Mode::empty},
                                                                        {"cut_body", Mode::cut_body},
                                                                        {"html_200", Mode::html_200},
                                                                        {"duplicate", Mode::duplicate},
                                                                        {"lookup_lag", Mode::lookup_lag},
                                                                        {"truncate_list", Mode::truncate_list},
                                                                        {"lookup_all", Mode::lookup_all},
                                                                        {"lookup_nothing", Mode::lookup_nothing},
                                                                        {"drop_external_id", Mode::drop_external_id},
                                                                        {"token", Mode::token},
                                                                        {"no_id", Mode::no_id},
                                                                        {"stays_open", Mode::stays_open}}};

std::string_view name_of(Mode mode) {
  return std::ranges::find(mode_names, mode, [](const auto& pair) { return pair.second; })->first;
}

bool known_everywhere(Mode mode) {
  constexpr std::array modes{Mode::refuse,  Mode::status, Mode::slow,     Mode::hang,     Mode::reset_before, Mode::reset_after,
                             Mode::garbage, Mode::empty,  Mode::cut_body, Mode::html_200, Mode::duplicate};
  return std::ranges::find(modes, mode) != modes.end();
}

std::optional<int> small_number(const rapidjson::Value& value, int least, int most) {
  if (!value.IsInt() || value.GetInt() < least || value.GetInt() > most) return std::nullopt;
  return value.GetInt();
}

bool read_member(Fault& fault, std::string_view name, const rapidjson::Value& value) {
  constexpr int most = std::numeric_limits<int>::max();
  if (name == "on" && value.IsString()) {
    fault.on = value.GetString();
  } else if (name == "match" && value.IsString()) {
    fault.match = value.GetString();
  } else if (name == "text" && value.IsString()) {
    fault.text = value.GetString();
  } else if (name == "acts" && value.IsBool()) {
    fault.acts = value.GetBool();
  } else if (name == "probability" && value.IsNumber() && value.GetDouble() >= 0 && value.GetDouble() <= 1) {
    fault.probability = value.GetDouble();
  } else if (name == "count" && small_number(value, 0, most)) {
    fault.count = value.GetInt();
  } else if (name == "status" && small_number(value, 200, 599)) {
    fault.status = value.GetInt();
  } else if (name == "ms" && small_number(value, 0, most)) {
    fault.ms = Milliseconds(value.GetInt());
  } else if (name == "lag" && small_number(value, 0, most)) {
    fault.lag = Milliseconds(value.GetInt());
  } else if (name == "limit" && small_number(value, 0, most)) {
    fault.limit = static_cast<std::size_t>(value.GetInt());
  } else if (name == "retry_after" && small_number(value, 0, most)) {
    fault.retry_after = value.GetInt();
  } else if (name == "seed" && small_number(value, 0, most)) {
    fault.random.seed(static_cast<std::uint64_t>(value.GetInt()));
  } else {
    return name == "mode" && value.IsString();
  }
  return true;
}

bool acts(const Fault& fault) {
  switch (fault.mode) {
    case Mode::refuse:
    case Mode::reset_before:
      return false;
    case Mode::status:
    case Mode::hang:
    case Mode::html_200:
      return fault.acts.value_or(false);
    default:
      return true;
  }
}

}  // namespace

Faults::Faults(std::string acting, std::vector<Mode> supported) : acting_(std::move(acting)), supported_(std::move(supported)) {}

std::optional<std::string> Faults::add(std::string_view json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(json.data(), json.size());
  if (document.HasParseError() || !document.IsObject()) return "expected a JSON object";
  auto mode = document.FindMember("mode");
  std::string_view mode_name = mode != document.MemberEnd() && mode->value.IsString() ? mode->value.GetString() : "";
  auto known = std::ranges::find(mode_names, mode_name, [](const auto& pair) { return pair.first; });
  if (known == mode_names.end() || !(known_everywhere(known->second) || std::ranges::count(supported_, known->second) > 0)) {
    return "this stand-in knows no mode '" + std::string(mode_name) + "'";
  }
  Fault fault;
  fault.mode = known->second;
  bool about_lists = fault.mode == Mode::truncate_list || fault.mode == Mode::lookup_all || fault.mode == Mode::lookup_nothing;
  fault.on = about_lists ? "any" : acting_;
  for (const auto& member : document.GetObject()) {
    if (!read_member(fault, member.name.GetString(), member.value))
      return "'" + std::string(member.name.GetString()) + "' is not right here";
  }
  faults_.push_back(std::move(fault));
  return std::nullopt;
}

std::string Faults::to_json() const {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer writer(buffer);
  writer.StartArray();
  for (const auto& fault : faults_) {
    auto name = name_of(fault.mode);
    writer.StartObject();
    writer.Key("mode");
    writer.String(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    writer.Key("on");
    writer.String(fault.on.c_str());
    writer.Key("match");
    writer.String(fault.match.c_str());
    writer.Key("hits");
    writer.Int64(fault.hits);
    writer.Key("left");
    fault.count ? writer.Int64(*fault.count) : writer.Null();
    writer.EndObject();
  }
  writer.EndArray();
  return buffer.GetString();
}

std::optional<Fault> Faults::pick(std::string_view action, std::string_view text) {
  for (auto& fault : faults_) {
    if (fault.on != "any" && fault.on != action) continue;
    if (fault.count == 0 || text.find(fault.match) == std::string_view::npos) continue;
    if (fault.probability < 1 && std::uniform_real_distribution<>(0, 1)(fault.random) >= fault.probability) continue;
    ++fault.hits;
    if (fault.count) --*fault.count;
    return fault;
  }
  return std::nullopt;
}

std::optional<Fault> Faults::pick_with_files(const std::string& on, bool with_files, std::string_view text) {
  auto fault = with_files ? pick(on + "_files", text) : std::nullopt;
  return fault ? fault : pick(on, text);
}

Answer answer_under(const std::optional<Fault>& fault, const std::function<Response()>& act,
                    const std::function<Response(const Fault&)>& error) {
  if (!fault) return {act()};
  Answer answer;
  if (acts(*fault)) answer.response = act();
  switch (fault->mode) {
    case Mode::refuse:
    case Mode::status:
      answer.response = error(*fault);
      if (fault->retry_after) answer.response.headers.emplace_back("Retry-After", std::to_string(*fault->retry_after));
      break;
    case Mode::slow:
      answer.delay = fault->ms;
      break;
    case Mode::hang:
      answer.ending = Ending::hang;
      break;
    case Mode::reset_before:
    case Mode::reset_after:
      answer.ending = Ending::reset;
      break;
    case Mode::garbage:
      answer.response = {200, std::string("\x1f\x8b\0{\"service_request_id\": \xff", 27)};
      break;
    case Mode::empty:
      answer.response = {200, ""};
      break;
    case Mode::cut_body:
      answer.ending = Ending::cut;
      break;
    case Mode::html_200:
      answer.response = {200, "<!DOCTYPE html><html><body>Please sign in</body></html>", "text/html; charset=utf-8"};
      break;
    default:
      break;
  }
  return answer;
}

}  // namespace salam::stand_ins
