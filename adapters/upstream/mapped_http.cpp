#include "adapters/upstream/mapped_http.h"

#include <algorithm>
#include <string_view>

#include "adapters/http_client/multipart.h"
#include "adapters/upstream/amendment.h"
#include "adapters/upstream/mapped_amend.h"
#include "adapters/upstream/mapped_follow_up.h"
#include "adapters/upstream/mapped_lookup.h"
#include "gateway/domain/text.h"

namespace salam::upstream {

bool holds(const AnswerRule& rule, int status, const ReplyPart& reply) {
  const bool status_fits = rule.statuses.empty() ? status >= 400 && status < 500
                                                 : std::find(rule.statuses.begin(), rule.statuses.end(), status) != rule.statuses.end();
  if (!status_fits || rule.pointer.empty()) return status_fits;
  return std::ranges::any_of(reply.values_at(rule.pointer), [&](const ReplyValue& value) {
    const auto text = matching_form(value.text);
    const auto is_it = [&](const std::string& wanted) { return matching_form(wanted) == text; };
    const auto is_in = [&](const std::string& word) { return text.find(matching_form(word)) != std::string::npos; };
    return std::ranges::any_of(rule.equals, is_it) || std::ranges::any_of(rule.contains, is_in);
  });
}

const AnswerRule* first_that_holds(const std::vector<AnswerRule>& rules, int status, const ReplyPart& reply) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const AnswerRule& rule) { return holds(rule, status, reply); });
  return found == rules.end() ? nullptr : &*found;
}

std::optional<std::string> code_at(const ReplyPart& reply, const ReplyPath& path) {
  return path.empty() ? std::nullopt : reply.code_at(path);
}
std::string words_at(const ReplyPart& reply, const ReplyPath& path) { return path.empty() ? std::string() : reply.words_at(path); }

std::string words_of(const Mapping& mapping, const ReplyPart& reply) {
  for (const auto* const rules : {&mapping.already_exists, &mapping.refused, &mapping.later}) {
    for (const auto& rule : *rules) {
      auto words = words_at(reply, rule.why);
      if (!words.empty()) return words;
    }
  }
  return {};
}

namespace {

std::string_view content_type(BodyFormat format) {
  switch (format) {
    case BodyFormat::json:
      return "application/json";
    case BodyFormat::form:
      return "application/x-www-form-urlencoded; charset=utf-8";
    case BodyFormat::xml:
      return "application/xml; charset=utf-8";
    case BodyFormat::multipart:
    case BodyFormat::none:
      return {};
  }
  return {};
}

/// What no request holds but the mapping or the configuration does.
struct Vocabulary {
  std::shared_ptr<const Mapping> mapping;
  Credentials credentials;
  std::shared_ptr<const ServiceCatalogue> catalogue;

  [[nodiscard]] std::optional<std::string> their_category(const Request& request) const {
    return mapping->categories.find(matching_form(category_of(request)));
  }

  [[nodiscard]] std::string value(Placeholder placeholder, const Request& request) const {
    switch (placeholder) {
      case Placeholder::their_region:
        return mapping->regions.find(request.content.region.wire()).value_or("");
      case Placeholder::their_category:
        return their_category(request).value_or("");
      case Placeholder::their_kind:
        return mapping->kinds.find(std::string(to_string(request.content.kind))).value_or("");
      case Placeholder::service_code:
        return catalogue->code_for(category_of(request));
      case Placeholder::api_key:
      case Placeholder::user:
      case Placeholder::password:
        return secret_of(placeholder, credentials);
      case Placeholder::token:
        return std::string(token_mark);
      case Placeholder::amendment_text:
        return amendment_text(request, not_sent([&](Placeholder personal) { return mapping->submit.uses(personal); }));
      default:
        return value_of(placeholder, request);
    }
  }
};

class MappedHttp final : public Protocol {
 public:
  explicit MappedHttp(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)), mapping_(*vocabulary_.mapping) {}

  [[nodiscard]] std::string objection(const Request& request) const override { return objection_to(mapping_.submit, request); }

  [[nodiscard]] bool takes_files() const override { return mapping_.submit.takes_files(); }
  [[nodiscard]] http_client::Request submit_request(const Request& request) const override {
    return message_of(mapping_.submit, mapping_.reply_format, values_for(request), request.files);
  }

  [[nodiscard]] Answer<SubmitOutcome> submit_answer(const Request& request, const http_client::Response& response) const override {
    const auto reply = ReplyBody::read(response, mapping_.reply_format);
    const auto said = describe(response, is_success(response.status) ? std::string() : words_of(mapping_, reply.whole()), &request);
    return {judge(request, response, reply.whole(), said), said};
  }

  [[nodiscard]] bool has_lookup() const override { return mapping_.lookup.has_value(); }
  [[nodiscard]] std::unique_ptr<Lookup> look_up(const Request& request) const override {
    return make_mapped_lookup(mapping_, *mapping_.lookup, registration_by_code(*mapping_.lookup, request), values_for(request));
  }

  [[nodiscard]] bool has_tokens() const override { return false; }
  [[nodiscard]] http_client::Request poll_request(std::string_view /*token*/) const override { return {}; }
  [[nodiscard]] Answer<PollOutcome> poll_answer(std::string_view /*token*/, const http_client::Response& /*response*/) const override {
    return {outcome::NotYet{}, ""};
  }

  [[nodiscard]] bool amends() const override { return mapping_.amend.has_value(); }
  [[nodiscard]] bool amendment_sets_values() const override { return mapping_.amend && mapping_.amend->sets_values; }
  [[nodiscard]] bool has_amendment_lookup() const override { return mapping_.amend && mapping_.amend->lookup; }
  [[nodiscard]] bool amendment_takes_media() const override {
    return amendment_takes_files() ||
           (amends() && (mapping_.amend->call.uses(Placeholder::media_url) || mapping_.amend->call.uses(Placeholder::media_urls)));
  }
  [[nodiscard]] bool amendment_takes_files() const override { return amends() && mapping_.amend->call.takes_files(); }
  [[nodiscard]] std::string amendment_objection(const Request& request) const override {
    return objection_to(mapping_.amend->call, request);
  }
  [[nodiscard]] http_client::Request amend_request(const Request& request) const override {
    return message_of(mapping_.amend->call, mapping_.reply_format, values_for(request), request.files);
  }
  [[nodiscard]] Answer<AmendOutcome> amend_answer(const Request& request, const http_client::Response& response) const override {
    return read_amendment(mapping_, request, response);
  }
  [[nodiscard]] std::unique_ptr<Lookup> look_up_amendment(const Request& request, Timestamp /*now*/) const override {
    return make_mapped_lookup(mapping_, *mapping_.amend->lookup, amendment_by_mark(*mapping_.amend->lookup, request), values_for(request));
  }

  [[nodiscard]] std::size_t follow_up_batch() const override { return mapping_.follow_up ? mapping_.follow_up->batch : 0; }
  [[nodiscard]] http_client::Request follow_up_request(std::span<const std::string> codes, Timestamp /*now*/) const override {
    return follow_up_call(mapping_, vocabulary_.credentials, codes);
  }
  [[nodiscard]] Answer<FollowUpOutcome> follow_up_answer(std::span<const std::string> codes,
                                                         const http_client::Response& response) const override {
    return read_follow_up(mapping_, codes, response);
  }
  [[nodiscard]] Result<std::vector<ProgressReport>> read_callback(std::string_view body) const override {
    return upstream::read_callback(mapping_, body);
  }

 private:
  [[nodiscard]] Template::Values values_for(const Request& request) const {
    return [request, vocabulary = vocabulary_](Placeholder placeholder) { return vocabulary.value(placeholder, request); };
  }

  [[nodiscard]] std::string objection_to(const Call& call, const Request& request) const {
    if (!call.uses(Placeholder::their_category) || vocabulary_.their_category(request)) return {};
    return "the mapping's [tables.category] has no entry for the category `" + std::string(category_of(request)) + "` and no default";
  }

  [[nodiscard]] SubmitOutcome judge(const Request& request, const http_client::Response& response, const ReplyPart& reply,
                                    const std::string& said) const {
    const int status = response.status;
    if (holds(mapping_.success, status, reply)) {
      if (auto code = code_at(reply, mapping_.success.code)) return outcome::Registered{std::move(*code)};
      return outcome::Uncertain{said + ": no code that can be relied on"};
    }
    if (const auto* const rule = first_that_holds(mapping_.already_exists, status, reply)) {
      if (auto code = code_at(reply, rule->code)) return outcome::Registered{std::move(*code)};
      return outcome::Uncertain{said + ": exists already, but under which code is not said"};
    }
    if (const auto* const rule = first_that_holds(mapping_.refused, status, reply)) {
      return outcome::Refused{describe(response, words_at(reply, rule->why), &request)};
    }
    if (first_that_holds(mapping_.later, status, reply) != nullptr) return try_later(response, said);
    return act_outcome<SubmitOutcome>(response, said);
  }

  Vocabulary vocabulary_;
  const Mapping& mapping_;
};

}  // namespace

bool Call::uses(Placeholder placeholder) const {
  return path.uses(placeholder) || body.uses(placeholder) ||
         std::ranges::any_of(parts, [&](const BodyPart& part) { return part.value.uses(placeholder); }) ||
         std::ranges::any_of(headers, [&](const auto& header) { return header.second.uses(placeholder); });
}

bool Call::sets_header(std::string_view lower_case_name) const {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; };
  return std::ranges::any_of(headers, [&](const auto& header) { return std::ranges::equal(header.first, lower_case_name, same); });
}

bool Call::takes_files() const { return std::ranges::any_of(parts, &BodyPart::file); }

bool Mapping::uses(Placeholder placeholder) const {
  return submit.uses(placeholder) || (login && login->call.uses(placeholder)) || (lookup && lookup->call.uses(placeholder)) ||
         (amend && (amend->call.uses(placeholder) || (amend->lookup && amend->lookup->call.uses(placeholder)))) ||
         (follow_up && follow_up->call.uses(placeholder));
}

std::string secret_of(Placeholder placeholder, const Credentials& credentials) {
  if (placeholder == Placeholder::api_key) return credentials.api_key.reveal();
  if (placeholder == Placeholder::user) return credentials.user.reveal();
  return placeholder == Placeholder::password ? credentials.password.reveal() : std::string();
}

std::optional<std::string> CodeTable::find(const std::string& ours) const {
  const auto found = by_ours.find(ours);
  return found == by_ours.end() ? fallback : found->second;
}

namespace {

void put_parts(http_client::Request& message, const std::vector<BodyPart>& parts, const Template::Values& values,
               const std::vector<MediaFile>& files) {
  std::vector<std::string> texts;
  texts.reserve(parts.size());
  std::vector<http_client::Part> encoded;
  for (const auto& part : parts) {
    if (part.file) {
      for (const auto& file : files) encoded.push_back({part.name, *file.content, file.media_type, file.name.reveal()});
    } else {
      encoded.push_back({part.name, texts.emplace_back(part.value.render(values)), part.media_type, {}});
    }
  }
  auto form = http_client::multipart_encoded(encoded);
  message.headers.emplace_back("Content-Type", std::move(form.content_type));
  message.body = std::move(form.body);
}

}  // namespace

http_client::Request message_of(const Call& call, ReplyFormat wanted, const Template::Values& values, const std::vector<MediaFile>& files) {
  http_client::Request message;
  message.method = call.method;
  message.target = call.path.render(values);
  if (!call.sets_header("accept"))
    message.headers.emplace_back("Accept", wanted == ReplyFormat::json ? "application/json" : "application/xml, text/xml");
  if (call.format == BodyFormat::multipart) {
    put_parts(message, call.parts, values, files);
  } else if (call.format != BodyFormat::none) {
    if (!call.sets_header("content-type")) message.headers.emplace_back("Content-Type", content_type(call.format));
    message.body = call.body.render(values);
  }
  for (const auto& [name, value] : call.headers) message.headers.emplace_back(name, value.render(values));
  return message;
}

std::shared_ptr<const Protocol> make_mapped_http(Mapping mapping, Credentials credentials,
                                                 std::shared_ptr<const ServiceCatalogue> catalogue) {
  return std::make_shared<MappedHttp>(
      Vocabulary{std::make_shared<const Mapping>(std::move(mapping)), std::move(credentials), std::move(catalogue)});
}

}  // namespace salam::upstream
