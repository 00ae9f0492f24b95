#include "tests/stand_ins/kavenegar.h"

#include <algorithm>
#include <vector>

#include "tests/stand_ins/json.h"

namespace salam::stand_ins {

namespace {

constexpr std::size_t longest_message = 900;
constexpr std::size_t most_receptors = 200;
constexpr std::size_t most_statuses = 500;
constexpr std::int64_t cost_of_a_part = 1'200;
constexpr int state_unknown = 100;
constexpr std::string_view known_template = "salam-registered";
constexpr std::size_t longest_token = 100;

std::string_view state_text(int state) {
  switch (state) {
    case 1:
      return "در صف ارسال";
    case 5:
      return "ارسال به مخابرات";
    case 6:
      return "خطا در ارسال پیام";
    case 10:
      return "رسیده به گیرنده";
    case 11:
      return "نرسیده به گیرنده";
    case 14:
      return "بلاک شده";
    default:
      return "شناسه پیامک نامعتبر است";
  }
}

Response error(int status, std::string_view message) {
  Json json;
  json.open_object().key("return").open_object().member("status", status).member("message", message).close_object();
  json.key("entries").null().close_object();
  return {status, json.take()};
}

Response faulty(const Fault& fault) {
  bool refusal = fault.mode == Mode::refuse;
  std::string_view text = !fault.text.empty() ? std::string_view(fault.text)
                          : refusal           ? "دریافت کننده نامعتبر است"
                                              : "سرور قادر به پاسخگوئی نیست";
  return error(refusal ? 411 : fault.status, text);
}

/// The success envelope, open within its entries.
void open_entries(Json& json) {
  json.open_object().key("return").open_object().member("status", 200).member("message", "تایید شد").close_object();
  json.key("entries").open_array();
}
Response close_entries(Json& json) { return {200, json.close_array().close_object().take()}; }

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// `09…` from any usual form of an Iranian mobile number; empty where it is none.
std::string local_mobile(std::string_view text) {
  for (std::string_view prefix : {"+98", "0098", "98", "0"}) {
    if (text.starts_with(prefix)) {
      text.remove_prefix(prefix.size());
      break;
    }
  }
  if (text.size() != 10 || !text.starts_with('9') || !all_digits(text)) return {};
  return "0" + std::string(text);
}

std::vector<std::string_view> comma_list(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    parts.push_back(text.substr(0, text.find(',')));
    text.remove_prefix(std::min(text.size(), parts.back().size() + 1));
  }
  return parts;
}

/// Nothing where one of them is no integer.
std::optional<std::vector<std::int64_t>> integers(std::string_view text) {
  std::vector<std::int64_t> numbers;
  for (auto part : comma_list(text)) {
    auto number = to_integer(part);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<Response> wrong_message(std::string_view message, const Fields& fields) {
  auto length = utf8_length(message).value_or(0);
  bool given = std::ranges::any_of(fields, [](const auto& field) { return field.first == "message"; });
  if (!given || value_of(fields, "receptor").empty()) return error(400, "پارامترها ناقص هستند");
  if (length == 0 || length > longest_message)
    return error(413, "پیام خالی است و یا طول پیام بیش از حد مجاز می‌باشد");
  auto sender = value_of(fields, "sender");
  if (!all_digits(sender) || sender.size() > 15) return error(412, "ارسال کننده نامعتبر است");
  auto date = value_of(fields, "date");
  if (!date.empty() && !to_integer(date)) return error(417, "تاریخ ارسال اشتباه است");
  return std::nullopt;
}

}  // namespace

Kavenegar::Kavenegar(Settings settings, LedgerFile& file)
    : Site(Faults("send", {Mode::truncate_list, Mode::lookup_nothing})), settings_(std::move(settings)), file_(file) {}

Answer Kavenegar::serve(const Request& request) {
  std::string_view path = request.path;
  if (!path.starts_with("/v1/")) return {error(404, "متدی با این نام پیدا نشده است")};
  path.remove_prefix(4);
  auto key = path.substr(0, path.find('/'));
  path.remove_prefix(key.size());
  if (key != settings_.api_key) return {error(403, "کد شناسائی API-Key معتبر نمی‌باشد")};
  if (request.method != "GET" && request.method != "POST") return {error(405, "متد Get/Post اشتباه است")};
  auto fields = parse_form(request.query);
  auto body = parse_form(request.media_type() == "application/x-www-form-urlencoded" ? request.body : std::string_view{});
  if (!fields || !body)
    return {error(422, "داده‌ها به دلیل وجود کاراکتر نامناسب قابل پردازش نیست")};
  std::ranges::move(*body, std::back_inserter(*fields));
  if (path == "/sms/send.json") return send(*fields);
  if (path == "/verify/lookup.json") return look_up(*fields);
  if (path == "/sms/status.json") return status(*fields);
  if (path == "/sms/statuslocalmessageid.json") return status_by_local_id(*fields);
  return {error(404, "متدی با این نام پیدا نشده است")};
}

Answer Kavenegar::send(const Fields& fields) {
  auto message = value_of(fields, "message");
  if (auto wrong = wrong_message(message, fields)) return {std::move(*wrong)};
  auto receptors = comma_list(value_of(fields, "receptor"));
  auto local_ids = integers(value_of(fields, "localid"));
  if (receptors.size() > most_receptors) return {error(414, "حجم درخواست بیشتر از حد مجاز است")};
  if (!local_ids || (!local_ids->empty() && local_ids->size() != receptors.size())) {
    return {error(422, "localid باید برای هر گیرنده یک عدد صحیح باشد")};
  }
  std::vector<Text> wanted;
  for (std::size_t i = 0; i < receptors.size(); ++i) {
    Text text{.local_id = local_ids->empty() ? 0 : (*local_ids)[i], .receptor = local_mobile(receptors[i])};
    if (text.receptor.empty()) return {error(411, "دریافت کننده نامعتبر است")};
    text.message = message;
    text.sender = value_of(fields, "sender");
    wanted.push_back(std::move(text));
  }
  auto fault = faults_.pick(
      "send", std::string(value_of(fields, "receptor")) + '\n' + std::string(value_of(fields, "localid")) + '\n' + std::string(message));
  auto act = [&] {
    Json json;
    open_entries(json);
    for (const auto& each : wanted) write_entry(json, take_in(each, is(fault, Mode::duplicate)));
    return close_entries(json);
  };
  return answer_under(fault, act, faulty);
}

Answer Kavenegar::look_up(const Fields& fields) {
  auto token = value_of(fields, "token");
  Text wanted{.receptor = local_mobile(value_of(fields, "receptor"))};
  if (value_of(fields, "receptor").empty() || value_of(fields, "template").empty()) return {error(400, "پارامترها ناقص هستند")};
  if (wanted.receptor.empty()) return {error(411, "دریافت کننده نامعتبر است")};
  if (value_of(fields, "template") != known_template) return {error(424, "الگوی مورد نظر پیدا نشد")};
  if (token.empty() || token.size() > longest_token || token.find_first_of(" \t\n_") != std::string_view::npos) {
    return {error(431, "ساختار کد صحیح نمی‌باشد")};
  }
  wanted.message = "کد پیگیری: " + std::string(token);
  auto fault = faults_.pick("send", wanted.receptor + '\n' + wanted.message);
  auto act = [&] {
    Json json;
    open_entries(json);
    write_entry(json, take_in(wanted, is(fault, Mode::duplicate)));
    return close_entries(json);
  };
  return answer_under(fault, act, faulty);
}

void Kavenegar::write_entry(Json& json, const Text& text) const {
  auto state = state_of(text);
  json.open_object().member("messageid", text.message_id).member("message", text.message).member("status", state);
  json.member("statustext", state_text(state)).member("sender", text.sender).member("receptor", text.receptor);
  json.member("date", std::chrono::system_clock::to_time_t(text.at)).member("cost", cost_of_a_part).close_object();
}

Kavenegar::Text& Kavenegar::take_in(const Text& wanted, bool twice) {
  auto [known, is_new] = local_ids_.try_emplace(wanted.local_id, texts_.size());
  if (wanted.local_id != 0 && !is_new) {
    auto& text = texts_[known->second];
    ++text.asked;
    text.sent += twice ? 1 : 0;
    return text;
  }
  auto& text = texts_.emplace_back(wanted);
  text.message_id = first_id_ + static_cast<std::int64_t>(texts_.size()) - 1;
  text.at = std::chrono::system_clock::now();
  text.sent = twice ? 2 : 1;
  text.asked = 1;
  if (file_.wanted()) {
    Json line;
    write_ledger_line(line, text);
    file_.append(line.take());
  }
  return text;
}

Answer Kavenegar::status(const Fields& fields) {
  auto asked = value_of(fields, "messageid");
  auto ids = integers(asked);
  if (asked.empty()) return {error(400, "پارامترها ناقص هستند")};
  if (!ids) return {error(422, "messageid باید عدد صحیح باشد")};
  if (ids->size() > most_statuses) return {error(414, "حجم درخواست بیشتر از حد مجاز است")};
  auto fault = faults_.pick("status", asked);
  auto act = [&] {
    if (is(fault, Mode::truncate_list)) ids->resize(std::min(ids->size(), fault->limit));
    Json json;
    open_entries(json);
    for (auto id : *ids) {
      const auto* text = find(id);
      auto state = text ? state_of(*text) : state_unknown;
      json.open_object().member("messageid", id).member("status", state).member("statustext", state_text(state)).close_object();
    }
    return close_entries(json);
  };
  return answer_under(fault, act, faulty);
}

Answer Kavenegar::status_by_local_id(const Fields& fields) {
  auto asked = value_of(fields, "localid");
  auto ids = integers(asked);
  if (asked.empty()) return {error(400, "پارامترها ناقص هستند")};
  if (!ids) return {error(422, "localid باید عدد صحیح باشد")};
  if (ids->size() > most_statuses) return {error(414, "حجم درخواست بیشتر از حد مجاز است")};
  auto fault = faults_.pick("look_up", asked);
  auto act = [&] {
    if (is(fault, Mode::truncate_list)) ids->resize(std::min(ids->size(), fault->limit));
    Json json;
    open_entries(json);
    for (auto id : *ids) {
      auto known = is(fault, Mode::lookup_nothing) ? local_ids_.end() : local_ids_.find(id);
      const auto* text = known == local_ids_.end() ? nullptr : &texts_[known->second];
      auto state = text ? state_of(*text) : state_unknown;
      json.open_object().member("messageid", text ? text->message_id : 0).member("localid", std::to_string(id)).member("status", state);
      json.member("statustext", state_text(state)).close_object();
    }
    return close_entries(json);
  };
  return answer_under(fault, act, faulty);
}

const Kavenegar::Text* Kavenegar::find(std::int64_t message_id) const {
  auto index = message_id - first_id_;
  return index < 0 || index >= static_cast<std::int64_t>(texts_.size()) ? nullptr : &texts_[static_cast<std::size_t>(index)];
}

int Kavenegar::state_of(const Text& text) const {
  auto age = std::chrono::system_clock::now() - text.at;
  if (age < settings_.deliver_after / 2) return 1;
  if (age < settings_.deliver_after || text.receptor.ends_with("0003")) return 5;
  if (text.receptor.ends_with("0000")) return 11;
  if (text.receptor.ends_with("0001")) return 14;
  return text.receptor.ends_with("0002") ? 6 : 10;
}

void Kavenegar::write_ledger_line(Json& json, const Text& text) const {
  json.open_object().member("system", "sms").member("messageid", text.message_id).member("localid", text.local_id);
  json.member("receptor", text.receptor).member("text", text.message).member("sender", text.sender).member("at", w3c_time(text.at));
  json.member("status", state_of(text)).member("sent", text.sent).member("asked", text.asked).close_object();
}

std::string Kavenegar::ledger(bool summary) const {
  std::int64_t sent = 0;
  std::int64_t delivered = 0;
  std::int64_t twice = 0;
  for (const auto& text : texts_) {
    sent += text.sent;
    delivered += state_of(text) == 10 ? 1 : 0;
    twice += text.sent > 1 ? 1 : 0;
  }
  Json json;
  json.open_object().member("count", static_cast<std::int64_t>(texts_.size())).member("sent", sent).member("delivered", delivered);
  json.member("sent_more_than_once", twice);
  if (!summary) {
    json.key("texts").open_array();
    for (const auto& text : texts_) write_ledger_line(json, text);
    json.close_array();
  }
  return json.close_object().take();
}

void Kavenegar::forget() {
  first_id_ += static_cast<std::int64_t>(texts_.size());
  texts_.clear();
  local_ids_.clear();
}

}  // namespace salam::stand_ins
