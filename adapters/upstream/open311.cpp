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

constexpr std::string_view code_label = "کد پیگیری: ";

std::string code_line(const Request& request) { return std::string(code_label) + request.code.digits(); }

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

/// The list of requests since then, page by page.
class Pages {
 public:
  Pages(const Open311Settings& settings, Timestamp since, std::size_t most)
      : settings_(settings), since_(since), most_(most), size_(settings.lookup.page_size) {}

  [[nodiscard]] http_client::Request request(Fields filter) const {
    if (!settings_.jurisdiction_id.empty()) filter.emplace_back("jurisdiction_id", settings_.jurisdiction_id);
    filter.emplace_back("start_date", utc(since_));
    if (size_ > 0) {
      filter.emplace_back("page", std::to_string(page_));
      filter.emplace_back("page_size", std::to_string(size_));
    }
    http_client::Request message;
    message.target = "/requests.json?" + http_client::form_encoded(filter);
    message.headers = {{"Accept", "application/json"}};
    return message;
  }

  /// The page's entries; nothing where it is not a list of requests.
  static std::optional<std::vector<const json::Value*>> entries(const Result<json::Document>& document) {
    auto entries = document ? requests_of(*document) : std::nullopt;
    // As against an error in a success, which has neither.
    const auto is_request = [](const json::Value* entry) { return id_in(*entry) != nullptr || json::member(*entry, "token") != nullptr; };
    if (entries && !std::all_of(entries->begin(), entries->end(), is_request)) entries.reset();
    return entries;
  }

  /// On to the page after one that was not empty; why not all can be read, if so.
  std::optional<std::string> turn(const std::vector<const json::Value*>& entries) {
    if (size_ == 0) return "the system does not page, so its list may be cut";
    if (!seen_.insert(fingerprint(entries)).second) return "the system repeats a page, so not all could be read";
    if (page_ >= most_) return "more pages than lookup.max_pages, so not all were read";
    // A system may give fewer than were asked for. Asked for just as many, it cannot skip any.
    if (page_ == 1) size_ = entries.size();
    ++page_;
    return std::nullopt;
  }

 private:
  static std::string fingerprint(const std::vector<const json::Value*>& entries) {
    std::string ids;
    for (const auto* const entry : entries) ids += json::string_at(*entry, "service_request_id").value_or("") + "\n";
    return ids;
  }

  const Open311Settings& settings_;
  Timestamp since_;
  std::size_t most_;
  std::size_t page_ = 1;
  std::size_t size_;
  std::set<std::string> seen_;
};

/// Reads the list of requests until the one with our code is found, or everything has been seen.
class Search final : public Lookup {
 public:
  Search(const Open311Settings& settings, const Request& request)
      : settings_(settings), request_(request), pages_(settings_, request.received_at - clock_skew, settings.lookup.max_pages) {}

  [[nodiscard]] http_client::Request request() const override {
    Fields filter;
    if (settings_.lookup.kind == LookupKind::attribute) {
      filter.emplace_back(attribute(settings_.code_attribute), request_.code.digits());
    }
    return pages_.request(std::move(filter));
  }

  std::optional<Answer<LookupOutcome>> feed(const http_client::Response& response) override {
    const auto document = read_json(response);
    if (!is_success(response.status)) {
      const auto why = describe(response, words_of(errors_of(response.status, document)), &request_);
      return Answer<LookupOutcome>{read_outcome<LookupOutcome>(response, why), why};
    }
    const auto entries = Pages::entries(document);
    const auto said = describe(response, "", &request_);
    if (!entries) return Answer<LookupOutcome>{read_outcome<LookupOutcome>(response, said + ", not a list of requests"), said};
    if (auto outcome = judge(*entries, response)) return Answer<LookupOutcome>{std::move(*outcome), said};
    return std::nullopt;
  }

 private:
  std::optional<LookupOutcome> judge(const std::vector<const json::Value*>& entries, const http_client::Response& response) {
    for (const auto* const entry : entries) {
      if (!carries_code(*entry)) continue;
      if (auto id = trusted_code(id_in(*entry))) return outcome::Found{std::move(*id)};
      return try_later(response, "the system holds it, but without an id so far");
    }
    if (entries.empty()) return nothing_found();
    if (auto why = pages_.turn(entries)) return outcome::Unclear{std::move(*why)};
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

  Open311Settings settings_;
  Request request_;
  Pages pages_;
};

/// Reads all of the list.
class RecentRequests final : public Listing {
 public:
  RecentRequests(const Open311Settings& settings, Timestamp since) : settings_(settings), pages_(settings_, since, most_pages) {}

  [[nodiscard]] http_client::Request request() const override { return pages_.request({}); }

  Result<bool> feed(const http_client::Response& response, std::vector<Held>& held) override {
    const auto document = read_json(response);
    const auto entries = is_success(response.status) ? Pages::entries(document) : std::nullopt;
    if (!entries) return Error{"list_unreadable", describe(response, words_of(errors_of(response.status, document)), nullptr)};
    for (const auto* const entry : *entries) {
      if (const auto code = code_in(*entry)) held.push_back({*code, trusted_code(id_in(*entry)).value_or("")});
    }
    if (entries->empty()) return false;
    if (auto why = pages_.turn(*entries)) return Error{"list_unreadable", std::move(*why)};
    return true;
  }

 private:
  static constexpr std::size_t most_pages = 100'000;

  /// Ours is where our submissions put it: an attribute, and the description's last line.
  [[nodiscard]] std::optional<TrackingCode> code_in(const json::Value& entry) const {
    for (const auto& pointer : settings_.lookup.code_at) {
      const auto* const value = json::find(entry, pointer);
      const auto text = value == nullptr ? std::nullopt : json::text_of(*value);
      if (const auto code = text ? TrackingCode::parse(*text) : std::nullopt) return code;
    }
    const auto description = json::string_at(entry, "description").value_or("");
    const auto label = description.rfind(code_label);
    return label == std::string::npos ? std::nullopt : TrackingCode::parse(description.substr(label + code_label.size()));
  }

  Open311Settings settings_;
  Pages pages_;
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

  [[nodiscard]] std::unique_ptr<Listing> list(Timestamp since) const override { return std::make_unique<RecentRequests>(settings_, since); }

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
