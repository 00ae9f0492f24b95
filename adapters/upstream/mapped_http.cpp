#include "adapters/upstream/mapped_http.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "gateway/domain/text.h"

namespace salam::upstream {
namespace {

using Document = Result<json::Document>;

const json::Value* at(const Document& document, std::string_view pointer) {
  return document && !pointer.empty() ? json::find(*document, pointer) : nullptr;
}

std::string text_at(const Document& document, std::string_view pointer) {
  const auto* const value = at(document, pointer);
  if (value == nullptr) return {};
  if (value->IsBool()) return value->GetBool() ? "true" : "false";
  return json::text_of(*value).value_or("");
}

bool holds(const AnswerRule& rule, int status, const Document& document) {
  const bool status_fits = rule.statuses.empty() ? status >= 400 && status < 500
                                                 : std::find(rule.statuses.begin(), rule.statuses.end(), status) != rule.statuses.end();
  if (!status_fits || rule.pointer.empty()) return status_fits;
  const auto text = matching_form(text_at(document, rule.pointer));
  const auto is_it = [&](const std::string& wanted) { return matching_form(wanted) == text; };
  const auto is_in = [&](const std::string& word) { return text.find(matching_form(word)) != std::string::npos; };
  return std::any_of(rule.equals.begin(), rule.equals.end(), is_it) || std::any_of(rule.contains.begin(), rule.contains.end(), is_in);
}

const AnswerRule* first_that_holds(const std::vector<AnswerRule>& rules, int status, const Document& document) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const AnswerRule& rule) { return holds(rule, status, document); });
  return found == rules.end() ? nullptr : &*found;
}

std::string_view content_type(BodyFormat format) {
  switch (format) {
    case BodyFormat::json:
      return "application/json";
    case BodyFormat::form:
      return "application/x-www-form-urlencoded; charset=utf-8";
    case BodyFormat::xml:
      return "application/xml; charset=utf-8";
    case BodyFormat::none:
      return {};
  }
  return {};
}

/// The mapping's own header takes the place of ours.
bool sets(const Call& call, std::string_view lower_case_name) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; };
  return std::ranges::any_of(call.headers, [&](const auto& header) { return std::ranges::equal(header.first, lower_case_name, same); });
}

http_client::Request message_of(const Call& call, const Template::Values& values) {
  http_client::Request message;
  message.method = call.method;
  message.target = call.path.render(values);
  if (!sets(call, "accept")) message.headers.emplace_back("Accept", "application/json");
  if (call.format != BodyFormat::none) {
    if (!sets(call, "content-type")) message.headers.emplace_back("Content-Type", content_type(call.format));
    message.body = call.body.render(values);
  }
  for (const auto& [name, value] : call.headers) message.headers.emplace_back(name, value.render(values));
  return message;
}

/// What the mapping's error texts say, wherever they stand.
std::string words_of(const Mapping& mapping, const Document& document) {
  for (const auto* const rules : {&mapping.already_exists, &mapping.refused, &mapping.later}) {
    for (const auto& rule : *rules) {
      auto words = text_at(document, rule.why);
      if (!words.empty()) return words;
    }
  }
  return {};
}

class Search final : public Lookup {
 public:
  Search(const Mapping& mapping, Template::Values values)
      : mapping_(mapping), lookup_(*mapping.lookup), values_(std::move(values)), page_(std::to_string(lookup_.first_page)) {}

  [[nodiscard]] http_client::Request request() const override {
    const Template::Values values = [this](Placeholder placeholder) {
      return placeholder == Placeholder::page ? page_ : values_(placeholder);
    };
    return message_of(lookup_.call, values);
  }

  std::optional<Answer<LookupOutcome>> feed(const http_client::Response& response) override {
    const auto document = read_json(response);
    const bool success = is_success(response.status);
    const auto said = describe(response, success ? std::string() : words_of(mapping_, document), nullptr);
    if (!success) return Answer<LookupOutcome>{read_outcome<LookupOutcome>(response, said), said};
    const auto* const items = document ? json::find(*document, lookup_.items) : nullptr;
    if (items == nullptr || !items->IsArray()) {
      return Answer<LookupOutcome>{read_outcome<LookupOutcome>(response, said + ", no list where lookup.items points"), said};
    }
    if (auto outcome = judge(*items, *document, response)) return Answer<LookupOutcome>{std::move(*outcome), said};
    return std::nullopt;
  }

 private:
  std::optional<LookupOutcome> judge(const json::Value& items, const json::Value& document, const http_client::Response& response) {
    for (const auto& item : items.GetArray()) {
      if (!carries_code(item)) continue;
      if (auto code = trusted_code(json::find(item, lookup_.item_id))) return outcome::Found{std::move(*code)};
      return try_later(response, "the system holds it, but without a code so far");
    }
    return lookup_.next ? follow(items, json::find(document, *lookup_.next)) : count_on(items);
  }

  [[nodiscard]] bool carries_code(const json::Value& item) const {
    const auto* const value = json::find(item, lookup_.item_code);
    const auto text = value == nullptr ? std::nullopt : json::text_of(*value);
    const auto code = text ? TrackingCode::parse(*text) : std::nullopt;
    return code && code->digits() == values_(Placeholder::code);
  }

  /// The reply names its next page.
  std::optional<LookupOutcome> follow(const json::Value& items, const json::Value* next) {
    if (next == nullptr && !items.Empty() && pages_ == 1) {
      return outcome::Unclear{"the reply says nothing where lookup.next points, so not all may have been read"};
    }
    if (is_missing(next) || next->IsFalse()) return outcome::Absent{};
    auto page = json::text_of(*next);
    if (!page) return outcome::Unclear{"what stands where lookup.next points is no page"};
    if (!seen_.insert(*page).second || *page == page_) return outcome::Unclear{"the system names a page twice, so not all could be read"};
    return turn_to(std::move(*page));
  }

  /// Pages are counted until one is empty.
  std::optional<LookupOutcome> count_on(const json::Value& items) {
    if (items.Empty()) return outcome::Absent{};
    if (!lookup_.call.path.uses(Placeholder::page)) return outcome::Unclear{"the lookup does not page, so the list may be cut"};
    if (!seen_.insert(json::to_text(items)).second) return outcome::Unclear{"the system repeats a page, so not all could be read"};
    return turn_to(std::to_string(lookup_.first_page + pages_));
  }

  std::optional<LookupOutcome> turn_to(std::string page) {
    if (pages_ >= lookup_.max_pages) return outcome::Unclear{"more pages than lookup.max_pages, so not all were read"};
    ++pages_;
    page_ = std::move(page);
    return std::nullopt;
  }

  Mapping mapping_;
  MappedLookup lookup_;
  Template::Values values_;
  std::string page_;
  std::size_t pages_ = 1;
  std::set<std::string> seen_;
};

class MappedHttp final : public Protocol {
 public:
  MappedHttp(Mapping mapping, Sensitive<std::string> api_key, std::shared_ptr<const ServiceCatalogue> catalogue)
      : mapping_(std::move(mapping)), api_key_(std::move(api_key)), catalogue_(std::move(catalogue)) {}

  [[nodiscard]] http_client::Request submit_request(const Request& request) const override {
    return message_of(mapping_.submit, [&](Placeholder placeholder) { return value(placeholder, request); });
  }

  [[nodiscard]] Answer<SubmitOutcome> submit_answer(const Request& request, const http_client::Response& response) const override {
    const auto document = read_json(response);
    const auto said = describe(response, is_success(response.status) ? std::string() : words_of(mapping_, document), &request);
    return {judge(request, response, document, said), said};
  }

  [[nodiscard]] bool has_lookup() const override { return mapping_.lookup.has_value(); }
  [[nodiscard]] std::unique_ptr<Lookup> look_up(const Request& request) const override {
    return std::make_unique<Search>(mapping_, [request, key = api_key_, catalogue = catalogue_](Placeholder placeholder) {
      return value(placeholder, request, key, *catalogue);
    });
  }

  [[nodiscard]] bool has_tokens() const override { return false; }
  [[nodiscard]] http_client::Request poll_request(std::string_view /*token*/) const override { return {}; }
  [[nodiscard]] Answer<PollOutcome> poll_answer(std::string_view /*token*/, const http_client::Response& /*response*/) const override {
    return {outcome::NotYet{}, ""};
  }

 private:
  static std::string value(Placeholder placeholder, const Request& request, const Sensitive<std::string>& key,
                           const ServiceCatalogue& catalogue) {
    if (placeholder == Placeholder::api_key) return key.reveal();
    if (placeholder == Placeholder::service_code) return catalogue.code_for(category_of(request));
    return value_of(placeholder, request);
  }
  [[nodiscard]] std::string value(Placeholder placeholder, const Request& request) const {
    return value(placeholder, request, api_key_, *catalogue_);
  }

  [[nodiscard]] SubmitOutcome judge(const Request& request, const http_client::Response& response, const Document& document,
                                    const std::string& said) const {
    const int status = response.status;
    if (holds(mapping_.success, status, document)) {
      if (auto code = trusted_code(at(document, mapping_.success.code))) return outcome::Registered{std::move(*code)};
      return outcome::Uncertain{said + ": no code that can be relied on"};
    }
    if (const auto* const rule = first_that_holds(mapping_.already_exists, status, document)) {
      if (auto code = trusted_code(at(document, rule->code))) return outcome::Registered{std::move(*code)};
      return outcome::Uncertain{said + ": exists already, but under which code is not said"};
    }
    if (const auto* const rule = first_that_holds(mapping_.refused, status, document)) {
      return outcome::Refused{describe(response, text_at(document, rule->why), &request)};
    }
    if (first_that_holds(mapping_.later, status, document) != nullptr) return try_later(response, said);
    return submit_outcome(response, said);
  }

  Mapping mapping_;
  Sensitive<std::string> api_key_;
  std::shared_ptr<const ServiceCatalogue> catalogue_;
};

}  // namespace

std::shared_ptr<const Protocol> make_mapped_http(Mapping mapping, Sensitive<std::string> api_key,
                                                 std::shared_ptr<const ServiceCatalogue> catalogue) {
  return std::make_shared<MappedHttp>(std::move(mapping), std::move(api_key), std::move(catalogue));
}

}  // namespace salam::upstream
