#include "tests/stand_ins/demo/row.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace salam::stand_ins::demo {

bool Row::settled() const {
  constexpr std::array stops{"uncertain", "refused", "unclear", "poison", "by_hand"};
  if (std::ranges::any_of(stops, [&](const char* reason) { return attention.contains(reason); })) return true;
  return registered() && (!told_by.empty() || attention.contains("no_contact") || attention.contains("undelivered"));
}

Row read_row(const rapidjson::Value& view) {
  Row row;
  row.id = text_at(view, {"id"});
  auto item = number_at(view, "item");
  row.form = text_at(view, {"form"}) + (item > 1 ? "/" + std::to_string(item) : "");
  row.subject = text_at(view, {"subject"});
  row.tracking_code = text_at(view, {"tracking_code"});
  row.routed_to = text_at(view, {"route", "system"});
  row.state = text_at(view, {"registration", "state"});
  row.system = text_at(view, {"registration", "system"});
  row.code = text_at(view, {"registration", "code"});
  row.progress = text_at(view, {"progress", "state"});
  row.told_by = text_at(view, {"told", "by"});
  row.told_code = text_at(view, {"told", "code"});
  if (view.HasMember("attention")) {
    for (const auto& reason : view["attention"].GetArray()) row.attention.emplace(reason.GetString());
  }
  if (view.HasMember("messages") && !view["messages"].Empty()) {
    row.message = text_at(view["messages"][view["messages"].Size() - 1], {"state"});
  }
  return row;
}

std::string text_at(const rapidjson::Value& value, std::initializer_list<const char*> path) {
  const auto* at = &value;
  for (const auto* name : path) {
    if (!at->IsObject() || !at->HasMember(name)) return {};
    at = &(*at)[name];
  }
  return at->IsString() ? std::string(at->GetString(), at->GetStringLength()) : std::string{};
}

std::int64_t number_at(const rapidjson::Value& value, const char* name) {
  return value.IsObject() && value.HasMember(name) && value[name].IsInt64() ? value[name].GetInt64() : -1;
}

rapidjson::Document parse(std::string_view json, const std::string& source) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(json.data(), json.size());
  if (document.HasParseError()) throw std::runtime_error(source + " is no JSON");
  return document;
}

}  // namespace salam::stand_ins::demo
