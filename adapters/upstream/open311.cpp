#include "adapters/upstream/open311.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string_view>

#include <spdlog/fmt/fmt.h>

#include "gateway/domain/text.h"

namespace salam::upstream {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t max_description = 4000;  ///< Code points.
/// `start_date` reaches 90 days at most; a search for an older request cannot have seen everything.
constexpr auto reach = std::chrono::days(85);
constexpr auto clock_skew = std::chrono::days(1);

std::string without_markup(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "‹";
    } else if (c == '>') {
      out += "›";
    } else {
      out += c;
    }
  }
  return out;
}

std::string code_line(const Request& request) { return "کد پیگیری: " + request.code.digits(); }

std::string description_of(const Request& request) {
  const auto last_line = "\n" + code_line(request);
  const auto text = without_markup(request.content.subject.reveal() + "\n" + request.content.description.reveal());
  return shortened(text, max_description - length(last_line)) + last_line;
}

std::string utc(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string attribute(std::string_view name) { return fmt::format("attribute[{}]", name); }

bool has_objects_only(const json::Value& list) {
  return std::all_of(list.Begin(), list.End(), [](const json::Value& entry) { return entry.IsObject(); });
}

/// A reply's entries: a list, one object in place of it, or either of them inside the container that XML would have. Nothing where it is
/// none of these.
std::optional<std::vector<const json::Value*>> entries_of(const json::Value& document, std::initializer_list<std::string_view> containers) {
  std::vector<const json::Value*> entries;
  if (document.IsArray()) {
    if (!has_objects_only(document)) return std::nullopt;
    for (const auto& entry : document.GetArray()) entries.push_back(&entry);
    return entries;
  }
  if (!document.IsObject()) return std::nullopt;
  for (const auto container : containers) {
    if (const auto* const inner = json::member(document, container)) return entries_of(*inner, containers);
  }
  return std::vector{&document};
}

std::optional<std::vector<const json::Value*>> requests_of(const json::Value& document) {
  return entries_of(document, {"service_requests", "requests", "request"});
}

struct ReplyError {
  std::string code;
  std::string description;
  const json::Value* entry;
};

/// In a success only what has a code is an error: a description alone may be the citizen's, repeated.
std::vector<ReplyError> errors_of(int status, const Result<json::Document>& document) {
  std::vector<ReplyError> errors;
  if (!document) return errors;
  for (const auto* const entry : entries_of(*document, {"errors", "error"}).value_or(std::vector<const json::Value*>())) {
    auto code = json::string_at(*entry, "code").value_or("");
    auto description = json::string_at(*entry, "description").value_or("");
    if (!code.empty() || (!description.empty() && !is_success(status))) errors.push_back({std::move(code), std::move(description), entry});
  }
  return errors;
}

std::string words_of(const std::vector<ReplyError>& errors) {
  std::string words;
  for (const auto& error : errors) words += fmt::format("{}{} {}", words.empty() ? "" : "; ", error.code, error.description);
  return words;
}

bool fits(const ErrorRule& rule, const ReplyError& error) {
  const auto code = matching_form(error.code);
  const auto description = matching_form(error.description);
  const auto is_code = [&](const std::string& wanted) { return matching_form(wanted) == code; };
  const auto is_in = [&](const std::string& word) { return description.find(matching_form(word)) != std::string::npos; };
  return (rule.codes.empty() || std::any_of(rule.codes.begin(), rule.codes.end(), is_code)) &&
         (rule.words.empty() || std::any_of(rule.words.begin(), rule.words.end(), is_in));
}

bool holds(const ErrorRule& rule, int status, const std::vector<ReplyError>& errors) {
  const bool status_fits = rule.statuses.empty() ? status >= 400 && status < 500
                                                 : std::find(rule.statuses.begin(), rule.statuses.end(), status) != rule.statuses.end();
  if (!status_fits) return false;
  if (rule.codes.empty() && rule.words.empty()) return true;
  return std::any_of(errors.begin(), errors.end(), [&](const ReplyError& error) { return fits(rule, error); });
}

bool any_holds(const std::vector<ErrorRule>& rules, int status, const std::vector<ReplyError>& errors) {
  return std::any_of(rules.begin(), rules.end(), [&](const ErrorRule& rule) { return holds(rule, status, errors); });
}

const json::Value* id_in(const json::Value& entry) { return json::member(entry, "service_request_id"); }

/// What a success says: one id, or a token, or nothing at all, or something that cannot be relied on.
struct Receipt {
  std::optional<std::string> id;
  std::optional<std::string> token;
  bool blank = false;
};

Receipt receipt_of(const Result<json::Document>& document) {
  Receipt receipt;
  const auto entries = document ? requests_of(*document) : std::nullopt;
  if (!entries) return receipt;
  const bool one = entries->size() == 1;
  if (one) receipt.id = trusted_code(id_in(*entries->front()));
  if (one && !receipt.id) receipt.token = trusted_code(json::member(*entries->front(), "token"));
  const auto lacks = [&](std::string_view name) { return is_missing(json::member(*entries->front(), name)); };
  receipt.blank =
      entries->empty() || (one && lacks("service_request_id") && lacks("token") && lacks("code") && lacks("description") && lacks("error"));
  return receipt;
}

/// Reads the list of requests until the one with our code is found, or everything has been seen.
class Search final : public Lookup {
 public:
  Search(const Open311Settings& settings, const Request& request)
      : settings_(settings), request_(request), page_size_(settings.lookup.page_size) {}

  [[nodiscard]] http_client::Request request() const override {
    Fields query;
    if (!settings_.jurisdiction_id.empty()) query.emplace_back("jurisdiction_id", settings_.jurisdiction_id);
    if (by_attribute()) query.emplace_back(attribute(settings_.code_attribute), request_.code.digits());
    query.emplace_back("start_date", utc(request_.received_at - clock_skew));
    if (pages()) {
      query.emplace_back("page", std::to_string(page_));
      query.emplace_back("page_size", std::to_string(page_size_));
    }
    http_client::Request message;
    message.target = "/requests.json?" + http_client::form_encoded(query);
    message.headers = {{"Accept", "application/json"}};
    return message;
  }

  std::optional<Answer<LookupOutcome>> feed(const http_client::Response& response) override {
    const auto document = read_json(response);
    if (!is_success(response.status)) {
      const auto why = describe(response, words_of(errors_of(response.status, document)), &request_);
      return Answer<LookupOutcome>{read_outcome<LookupOutcome>(response, why), why};
    }
    const auto entries = document ? requests_of(*document) : std::nullopt;
    const auto said = describe(response, "", &request_);
    if (!entries || !std::all_of(entries->begin(), entries->end(), is_request)) {
      return Answer<LookupOutcome>{read_outcome<LookupOutcome>(response, said + ", not a list of requests"), said};
    }
    if (auto outcome = judge(*entries, response)) return Answer<LookupOutcome>{std::move(*outcome), said};
    ++page_;
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool by_attribute() const { return settings_.lookup.kind == LookupKind::attribute; }
  [[nodiscard]] bool pages() const { return settings_.lookup.page_size > 0; }

  /// As against an error in a success, which has neither.
  static bool is_request(const json::Value* entry) { return id_in(*entry) != nullptr || json::member(*entry, "token") != nullptr; }

  std::optional<LookupOutcome> judge(const std::vector<const json::Value*>& entries, const http_client::Response& response) {
    for (const auto* const entry : entries) {
      if (!carries_code(*entry)) continue;
      if (auto id = trusted_code(id_in(*entry))) return outcome::Found{std::move(*id)};
      return try_later(response, "the system holds it, but without an id so far");
    }
    if (entries.empty()) return nothing_found();
    if (!pages()) return outcome::Unclear{"the system does not page, so its list may be cut"};
    if (!seen_.insert(fingerprint(entries)).second) return outcome::Unclear{"the system repeats a page, so not all could be read"};
    if (page_ >= settings_.lookup.max_pages) return outcome::Unclear{"more pages than lookup.max_pages, so not all were read"};
    // A system may give fewer than were asked for. Asked for just as many, it cannot skip any.
    if (page_ == 1) page_size_ = entries.size();
    return std::nullopt;
  }

  [[nodiscard]] LookupOutcome nothing_found() const {
    const auto last_call = request_.registration.intent_at.value_or(request_.received_at);
    if (last_call - request_.received_at > reach) return outcome::Unclear{"received longer ago than one search reaches back"};
    return outcome::Absent{};
  }

  [[nodiscard]] bool carries_code(const json::Value& entry) const {
    for (const auto& pointer : settings_.lookup.code_at) {
      const auto* const value = json::find(entry, pointer);
      const auto text = value == nullptr ? std::nullopt : json::text_of(*value);
      if (text && TrackingCode::parse(*text) == request_.code) return true;
    }
    const auto description = json::string_at(entry, "description");
    return description && matching_form(*description).ends_with(matching_form(code_line(request_)));
  }

  static std::string fingerprint(const std::vector<const json::Value*>& entries) {
    std::string ids;
    for (const auto* const entry : entries) ids += json::string_at(*entry, "service_request_id").value_or("") + "\n";
    return ids;
  }

  Open311Settings settings_;
  Request request_;
  std::size_t page_ = 1;
  std::size_t page_size_;
  std::set<std::string> seen_;
};

class Open311 final : public Protocol {
 public:
  Open311(Open311Settings settings, std::shared_ptr<const ServiceCatalogue> catalogue)
      : settings_(std::move(settings)), catalogue_(std::move(catalogue)) {}

  [[nodiscard]] http_client::Request submit_request(const Request& request) const override {
    http_client::Request message;
    message.method = "POST";
    message.target = "/requests.json";
    message.headers = {{"Accept", "application/json"}, {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    message.body = http_client::form_encoded(fields_of(request));
    return message;
  }

  [[nodiscard]] Answer<SubmitOutcome> submit_answer(const Request& request, const http_client::Response& response) const override {
    const auto document = read_json(response);
    const auto errors = errors_of(response.status, document);
    const auto said = describe(response, words_of(errors), &request);
    return {judge(request, response, document, errors, said), said};
  }

  [[nodiscard]] bool has_lookup() const override { return settings_.lookup.kind != LookupKind::none; }
  [[nodiscard]] std::unique_ptr<Lookup> look_up(const Request& request) const override {
    return std::make_unique<Search>(settings_, request);
  }

  [[nodiscard]] bool has_tokens() const override { return true; }

  [[nodiscard]] http_client::Request poll_request(std::string_view token) const override {
    http_client::Request message;
    message.target = "/tokens/" + http_client::percent_encoded(token) + ".json";
    if (!settings_.jurisdiction_id.empty()) {
      message.target += "?" + http_client::form_encoded({{"jurisdiction_id", settings_.jurisdiction_id}});
    }
    message.headers = {{"Accept", "application/json"}};
    return message;
  }

  [[nodiscard]] Answer<PollOutcome> poll_answer(std::string_view token, const http_client::Response& response) const override {
    const auto document = read_json(response);
    const auto said = describe(response, words_of(errors_of(response.status, document)), nullptr);
    if (response.status == 404) return {outcome::NotYet{}, said};
    const auto entries = document && is_success(response.status) ? requests_of(*document) : std::nullopt;
    if (!entries) return {read_outcome<PollOutcome>(response, said), said};
    for (const auto* const entry : *entries) {
      const auto named = json::string_at(*entry, "token");
      if (named && *named != token) continue;
      if (auto id = trusted_code(id_in(*entry))) return {outcome::Registered{std::move(*id)}, said};
    }
    return {outcome::NotYet{}, said};
  }

 private:
  [[nodiscard]] Fields fields_of(const Request& request) const {
    Fields fields{{"api_key", settings_.api_key.reveal()},
                  {"jurisdiction_id", settings_.jurisdiction_id},
                  {"service_code", catalogue_->code_for(category_of(request))},
                  {"address_string", address_of(request)},
                  {"lat", value_of(Placeholder::latitude, request)},
                  {"long", value_of(Placeholder::longitude, request)},
                  {"first_name", value_of(Placeholder::first_name, request)},
                  {"last_name", value_of(Placeholder::last_name, request)},
                  {"phone", value_of(Placeholder::phone, request)},
                  {"description", description_of(request)}};
    if (!settings_.code_attribute.empty()) fields.emplace_back(attribute(settings_.code_attribute), request.code.digits());
    for (const auto& [name, text] : settings_.attributes) {
      fields.emplace_back(attribute(name), text.render([&](Placeholder placeholder) { return value(placeholder, request); }));
    }
    std::erase_if(fields, [](const auto& field) { return field.second.empty(); });
    return fields;
  }

  [[nodiscard]] std::string value(Placeholder placeholder, const Request& request) const {
    return placeholder == Placeholder::service_code ? catalogue_->code_for(category_of(request)) : value_of(placeholder, request);
  }

  static std::string address_of(const Request& request) {
    const auto& content = request.content;
    if (!content.address.empty()) return without_markup(content.address.reveal());
    return content.coordinates ? std::string() : content.region.name();
  }

  [[nodiscard]] SubmitOutcome judge(const Request& request, const http_client::Response& response, const Result<json::Document>& document,
                                    const std::vector<ReplyError>& errors, const std::string& said) const {
    const int status = response.status;
    const auto receipt = is_success(status) ? receipt_of(document) : Receipt{};
    if (receipt.id) return outcome::Registered{*receipt.id};
    if (receipt.token) return outcome::Pending{*receipt.token};
    if (any_holds(settings_.already_exists, status, errors)) return existing(errors, said);
    if (any_holds(settings_.refused, status, errors)) return outcome::Refused{said};
    if (any_holds(settings_.later, status, errors)) return try_later(response, said);
    if (receipt.blank && settings_.blackbox) return outcome::Registered{request.code.digits()};
    if (is_success(status)) return outcome::Uncertain{said + ": no id that can be relied on"};
    return submit_outcome(response, said);
  }

  static SubmitOutcome existing(const std::vector<ReplyError>& errors, const std::string& said) {
    for (const auto& error : errors) {
      if (auto id = trusted_code(id_in(*error.entry))) return outcome::Registered{std::move(*id)};
    }
    return outcome::Uncertain{said + ": exists already, but under which id is not said"};
  }

  Open311Settings settings_;
  std::shared_ptr<const ServiceCatalogue> catalogue_;
};

}  // namespace

std::shared_ptr<const Protocol> make_open311(Open311Settings settings, std::shared_ptr<const ServiceCatalogue> catalogue) {
  return std::make_shared<Open311>(std::move(settings), std::move(catalogue));
}

}  // namespace salam::upstream
