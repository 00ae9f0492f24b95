#include "tests/stand_ins/magfa.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <boost/beast/core/detail/base64.hpp>
#include <rapidjson/document.h>

#include "tests/stand_ins/json.h"

namespace salam::stand_ins {

namespace {

using Value = rapidjson::Value;

constexpr std::string_view base_path = "/api/http/sms/v2/";
constexpr std::size_t most_recipients = 100;
constexpr std::size_t ucs2_characters_of_a_part = 70;
constexpr std::int64_t tariff = 1'250;
constexpr std::chrono::hours known_for{24};

// What Magfa calls them.
constexpr int invalid_recipient = 1;
constexpr int invalid_sender = 2;
constexpr int invalid_encoding = 3;
constexpr int empty_message = 13;
constexpr int server_busy = 15;
constexpr int wrong_login = 18;
constexpr int opted_out = 27;
constexpr int wrong_arrays = 101;
constexpr int too_many_recipients = 105;

Response whole_error(int http_status, std::int64_t code) {
  return {http_status, Json().open_object().member("status", code).close_object().take()};
}

std::int64_t code_of(const Fault& fault, int usual) { return to_integer(fault.text).value_or(usual); }

/// A refusal is the message's own status.
Response faulty(const Fault& fault) {
  if (fault.mode != Mode::refuse) return whole_error(fault.status, code_of(fault, server_busy));
  Json json;
  json.open_object().member("status", 0).key("messages").open_array().open_object();
  json.member("status", code_of(fault, invalid_recipient)).close_object().close_array().close_object();
  return {200, json.take()};
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// `98…` from `98…`, `+98…`, `0098…` or `09…`; empty where it is no mobile number.
std::string international_mobile(std::string_view text) {
  for (const std::string_view prefix : {"+98", "0098", "98", "0"}) {
    if (text.starts_with(prefix)) {
      text.remove_prefix(prefix.size());
      break;
    }
  }
  return text.size() == 10 && text.starts_with('9') && all_digits(text) ? "98" + std::string(text) : std::string();
}

std::string_view text_of(const Value& value) { return {value.GetString(), value.GetStringLength()}; }

/// The six arrays run side by side: each as long as the recipients, one for all, or absent. Nothing where one does not fit.
class Arrays {
 public:
  explicit Arrays(const rapidjson::Document& document) : document_(document) {}

  [[nodiscard]] bool fit() const {
    if (!document_.IsObject() || !is_list("recipients") || !is_list("messages") || !is_list("senders")) return false;
    constexpr std::array<std::string_view, 6> known{"senders", "recipients", "messages", "encodings", "uids", "udhs"};
    return std::ranges::all_of(document_.GetObject(), [&](const auto& member) {
      return std::ranges::find(known, text_of(member.name)) != known.end() && fits(member.value, text_of(member.name));
    });
  }

  [[nodiscard]] std::size_t count() const { return document_["recipients"].Size(); }
  [[nodiscard]] std::string text(const char* name, rapidjson::SizeType index) const { return std::string(text_of(at(name, index))); }
  [[nodiscard]] std::int64_t number(const char* name, rapidjson::SizeType index) const {
    return document_.HasMember(name) && document_[name].Size() > 0 ? at(name, index).GetInt64() : 0;
  }

 private:
  [[nodiscard]] bool is_list(const char* name) const {
    return document_.HasMember(name) && document_[name].IsArray() && document_[name].Size() > 0;
  }
  [[nodiscard]] bool fits(const Value& list, std::string_view name) const {
    const bool numbers = name == "encodings" || name == "uids";
    return list.IsArray() && (list.Size() <= 1 || list.Size() == document_["recipients"].Size()) &&
           std::ranges::all_of(list.GetArray(), [&](const Value& value) { return numbers ? value.IsInt64() : value.IsString(); });
  }
  [[nodiscard]] const Value& at(const char* name, rapidjson::SizeType index) const {
    const auto& list = document_[name];
    return list[list.Size() == 1 ? 0 : index];
  }

  const rapidjson::Document& document_;
};

int wrong_with(const Magfa::Text& text) {
  if (text.recipient.empty()) return invalid_recipient;
  if (!all_digits(text.sender)) return invalid_sender;
  if (text.encoding != 0 && text.encoding != 2) return invalid_encoding;
  if (text.message.empty()) return empty_message;
  return text.recipient.ends_with("0001") ? opted_out : 0;
}

std::optional<std::vector<std::int64_t>> integers(std::string_view text) {
  std::vector<std::int64_t> numbers;
  while (true) {
    const auto part = text.substr(0, text.find(','));
    const auto number = to_integer(part);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
    if (part.size() == text.size()) return numbers;
    text.remove_prefix(part.size() + 1);
  }
}

std::string basic(const Magfa::Settings& settings) {
  namespace base64 = boost::beast::detail::base64;
  const auto plain = settings.user + ":" + settings.password;
  std::string encoded(base64::encoded_size(plain.size()), '\0');
  encoded.resize(base64::encode(encoded.data(), plain.data(), plain.size()));
  return "Basic " + encoded;
}

}  // namespace

Magfa::Magfa(Settings settings, LedgerFile& file)
    : Site(Faults("send", {Mode::truncate_list, Mode::lookup_nothing, Mode::lookup_lag})), settings_(std::move(settings)), file_(file) {}

bool Magfa::is_authorized(const Request& request) const { return request.header("Authorization") == basic(settings_); }

Answer Magfa::serve(const Request& request) {
  std::string_view path = request.path;
  if (!path.starts_with(base_path)) return {{404, ""}};
  path.remove_prefix(base_path.size());
  if (!is_authorized(request)) return {whole_error(401, wrong_login)};
  if (path == "send") return request.method == "POST" ? send(request) : Answer{{405, ""}};
  if (request.method != "GET") return {{405, ""}};
  if (path == "balance") return {{200, Json().open_object().member("status", 0).member("balance", 1'000'000).close_object().take()}};
  if (path.starts_with("statuses/")) return statuses(path.substr(std::string_view("statuses/").size()));
  if (path.starts_with("mid/")) return mid(path.substr(std::string_view("mid/").size()));
  return {{404, ""}};
}

Answer Magfa::send(const Request& request) {
  if (request.media_type() != "application/json") return {{415, ""}};
  rapidjson::Document document;
  document.Parse(request.body.data(), request.body.size());
  if (document.HasParseError() || !utf8_length(request.body)) return {{400, ""}};
  const Arrays arrays(document);
  if (!arrays.fit()) return {whole_error(200, wrong_arrays)};
  if (arrays.count() > most_recipients) return {whole_error(200, too_many_recipients)};
  std::vector<Text> wanted;
  for (rapidjson::SizeType i = 0; i < arrays.count(); ++i) {
    wanted.push_back({.uid = arrays.number("uids", i),
                      .recipient = international_mobile(arrays.text("recipients", i)),
                      .message = arrays.text("messages", i),
                      .sender = arrays.text("senders", i),
                      .encoding = arrays.number("encodings", i)});
  }
  const auto fault = faults_.pick("send", request.body);
  auto act = [&] {
    Json json;
    json.open_object().member("status", 0).key("messages").open_array();
    for (auto& each : wanted) {
      const auto wrong = wrong_with(each);
      json.open_object().member("status", wrong);
      if (wrong == 0) {
        if (is(fault, Mode::lookup_lag)) each.lag = fault->ms;
        if (is(fault, Mode::duplicate)) take_in(each);
        const auto& text = take_in(each);
        const auto length = utf8_length(text.message).value_or(0);
        json.member("id", text.id).member("userId", text.uid).member("tariff", tariff).member("alphabet", "UCS2");
        json.member("parts", static_cast<std::int64_t>((length + ucs2_characters_of_a_part - 1) / ucs2_characters_of_a_part));
        json.member("recipient", text.recipient);
      }
      json.close_object();
    }
    return Response{200, json.close_array().close_object().take()};
  };
  return answer_under(fault, act, faulty);
}

const Magfa::Text& Magfa::take_in(Text text) {
  text.id = first_id_ + static_cast<std::int64_t>(texts_.size());
  text.at = std::chrono::system_clock::now();
  if (text.uid != 0) {
    ids_.try_emplace(text.uid, text.id);
    ++times_sent_[text.uid];
  }
  const auto& taken = texts_.emplace_back(std::move(text));
  if (file_.wanted()) {
    Json line;
    write_ledger_line(line, taken);
    file_.append(line.take());
  }
  return taken;
}

Answer Magfa::statuses(std::string_view mids) {
  auto ids = integers(mids);
  if (!ids || ids->size() > most_recipients) return {whole_error(200, wrong_arrays)};
  const auto fault = faults_.pick("status", mids);
  auto act = [&] {
    if (is(fault, Mode::truncate_list)) ids->resize(std::min(ids->size(), fault->limit));
    Json json;
    json.open_object().member("status", 0).key("dlrs").open_array();
    for (const auto id : *ids) {
      const auto* const text = find(id);
      json.open_object().member("mid", id).member("status", text == nullptr ? -1 : state_of(*text));
      text == nullptr ? json.key("date").null() : json.member("date", w3c_time(text->at));
      json.close_object();
    }
    return Response{200, json.close_array().close_object().take()};
  };
  return answer_under(fault, act, faulty);
}

Answer Magfa::mid(std::string_view uid) {
  const auto number = to_integer(uid);
  if (!number) return {{404, ""}};
  const auto fault = faults_.pick("look_up", uid);
  auto act = [&] {
    const auto known = ids_.find(*number);
    const auto* const text = known == ids_.end() || is(fault, Mode::lookup_nothing) ? nullptr : find(known->second);
    const bool shows = text != nullptr && std::chrono::system_clock::now() - text->at >= text->lag;
    return Response{200, Json().open_object().member("status", 0).member("mid", shows ? text->id : -1).close_object().take()};
  };
  return answer_under(fault, act, faulty);
}

/// Null for an id that is unknown or too old.
const Magfa::Text* Magfa::find(std::int64_t id) const {
  const auto index = id - first_id_;
  if (index < 0 || index >= static_cast<std::int64_t>(texts_.size())) return nullptr;
  const auto& text = texts_[static_cast<std::size_t>(index)];
  return std::chrono::system_clock::now() - text.at < known_for ? &text : nullptr;
}

int Magfa::state_of(const Text& text) const {
  const auto age = std::chrono::system_clock::now() - text.at;
  if (age < settings_.deliver_after / 2) return 0;
  if (age < settings_.deliver_after || text.recipient.ends_with("0003")) return 8;
  if (text.recipient.ends_with("0000")) return 2;
  return text.recipient.ends_with("0002") ? 16 : 1;
}

void Magfa::write_ledger_line(Json& json, const Text& text) const {
  json.open_object().member("system", "magfa").member("mid", text.id).member("uid", text.uid).member("recipient", text.recipient);
  json.member("text", text.message).member("sender", text.sender).member("encoding", text.encoding).member("at", w3c_time(text.at));
  json.member("status", state_of(text)).close_object();
}

std::string Magfa::ledger(bool summary) const {
  const auto delivered = std::ranges::count_if(texts_, [&](const Text& text) { return state_of(text) == 1; });
  const auto twice = std::ranges::count_if(times_sent_, [](const auto& uid) { return uid.second > 1; });
  Json json;
  json.open_object().member("count", static_cast<std::int64_t>(texts_.size())).member("delivered", delivered);
  json.member("sent_more_than_once", twice);
  if (!summary) {
    json.key("texts").open_array();
    for (const auto& text : texts_) write_ledger_line(json, text);
    json.close_array();
  }
  return json.close_object().take();
}

void Magfa::forget() {
  first_id_ += static_cast<std::int64_t>(texts_.size());
  texts_.clear();
  ids_.clear();
  times_sent_.clear();
}

}  // namespace salam::stand_ins
