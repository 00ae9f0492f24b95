#include "tests/contract/api/api_contract.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

namespace salam::test {
namespace {

constexpr std::array<std::string_view, 7> methods{"get", "put", "post", "delete", "patch", "head", "options"};

/// What the server puts on every reply, or problem details on every refusal.
constexpr std::array<std::string_view, 8> on_every_reply{"content-type", "content-length",         "content-language", "date",
                                                         "connection",   "x-content-type-options", "cache-control",    "keep-alive"};

std::string changed(std::string_view text, int (*change)(int)) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [change](unsigned char c) { return static_cast<char>(change(c)); });
  return result;
}

/// The faults of one reply, as they are found.
class Examination {
 public:
  Examination(const Description& description, const http::Response& reply) : description_(description), reply_(reply) {}

  std::vector<std::string> of(const Operation& operation) {
    const auto& responses = *description_.member(*operation.node, "responses");
    const auto* response = description_.member(responses, std::to_string(reply_.status));
    if (response == nullptr && reply_.status >= 400) response = description_.member(responses, "default");
    if (response == nullptr) return {"status " + std::to_string(reply_.status) + " is not described"};
    examine_headers(*response);
    examine_content(*response);
    return std::move(faults_);
  }

 private:
  void examine_headers(const json::Value& response) {
    const auto* const described = description_.member(response, "headers");
    for (const auto& [name, value] : reply_.headers) {
      const auto lower = changed(name, std::tolower);
      if (std::ranges::find(on_every_reply, lower) != on_every_reply.end()) continue;
      const auto* const header = described == nullptr ? nullptr : header_in(*described, lower);
      if (header == nullptr) {
        faults_.push_back("header " + name + " is not described");
      } else {
        add(description_.check(*json::member(*header, "schema"), json::Value(value.c_str(), allocator_)), "header " + name);
      }
    }
    if (described == nullptr) return;
    for (const auto& name : names(*described)) {
      const auto* const required = json::member(*description_.member(*described, name), "required");
      if (required != nullptr && required->IsTrue() && !sent(changed(name, std::tolower)))
        faults_.push_back("header " + name + " is missing");
    }
  }

  const json::Value* header_in(const json::Value& described, const std::string& lower) const {
    for (const auto& name : names(described)) {
      if (changed(name, std::tolower) == lower) return description_.member(described, name);
    }
    return nullptr;
  }

  [[nodiscard]] bool sent(const std::string& lower) const {
    return std::ranges::any_of(reply_.headers, [&](const auto& header) { return changed(header.first, std::tolower) == lower; });
  }

  void examine_content(const json::Value& response) {
    const auto* const content = json::member(response, "content");
    if (content == nullptr) {
      if (!reply_.content().empty()) faults_.emplace_back("a body is not described");
      return;
    }
    const auto* const media = json::member(*content, reply_.content_type);
    if (media == nullptr) return faults_.push_back("media type " + reply_.content_type + " is not described");
    if (!reply_.content_type.ends_with("json")) return;
    const auto document = json::parse(reply_.content());
    if (!document) return faults_.push_back(document.error().message);
    add(description_.check(*json::member(*media, "schema"), *document), "body");
    if (reply_.content_type == "application/problem+json") examine_problem(response, *document);
    examine_events(*document);
  }

  void examine_problem(const json::Value& response, const json::Value& problem) {
    const auto code = json::string_at(problem, "code").value_or("");
    const auto* const codes = json::member(response, "x-problems");
    const auto known = codes == nullptr ? std::vector<std::string>{} : names(*codes);
    if (std::ranges::find(known, code) == known.end()) faults_.push_back("problem " + code + " is not described for this status");
    if (json::string_at(problem, "status") != std::to_string(reply_.status)) faults_.emplace_back("the problem has another status");
    if (json::string_at(problem, "type") != "urn:salam:problem:" + code) faults_.emplace_back("the problem has another type");
  }

  void examine_events(const json::Value& document) {
    const auto* const events = json::member(document, "events");
    if (events == nullptr || !events->IsArray()) return;
    for (const auto& event : events->GetArray()) {
      const auto type = json::string_at(event, "type").value_or("");
      add(check_event(type, *json::member(event, "data")), "data of " + type);
    }
  }

  void add(const json::FieldErrors& errors, const std::string& where) {
    for (const auto& error : errors) faults_.push_back(where + " at '" + error.pointer + "': " + error.expected);
  }

  const Description& description_;
  const http::Response& reply_;
  json::Document::AllocatorType allocator_;
  std::vector<std::string> faults_;
};

/// The one scope under `security`: the operation's own, else the description's.
std::string scope_of(const json::Value& node, const json::Value& root) {
  const auto* security = json::member(node, "security");
  if (security == nullptr) security = json::member(root, "security");
  if (security->Empty()) return "";
  const auto scopes = names(*json::member((*security)[0], "key"));
  if (security->Size() != 1 || scopes.size() != 1) throw std::runtime_error("an operation needs exactly one scope");
  return scopes.front();
}

}  // namespace

const ApiContract& ApiContract::written() {
  static const ApiContract contract;
  return contract;
}

ApiContract::ApiContract() : description_("openapi.yaml") {
  for (const auto& [path, item] : description_.at("/paths").GetObject()) {
    for (const auto method : methods) {
      const auto* const node = json::member(item, method);
      if (node == nullptr) continue;
      operations_.push_back({.method = changed(method, std::toupper),
                             .path = std::string(json::view_of(path)),
                             .scope = scope_of(*node, description_.root()),
                             .on_operations_listener = json::member(item, "servers") != nullptr,
                             .node = node});
    }
  }
}

const Operation& ApiContract::operation(std::string_view method, std::string_view path) const {
  const auto found = std::ranges::find_if(operations_, [&](const Operation& one) { return one.method == method && one.path == path; });
  if (found == operations_.end()) throw std::runtime_error("not described: " + std::string(method) + " " + std::string(path));
  return *found;
}

std::string ApiContract::body_schema(const Operation& operation) const {
  const auto* const reference = json::find(*operation.node, "/requestBody/content/application~1json/schema/$ref");
  if (reference == nullptr) return "";
  constexpr std::string_view beside = "./";
  constexpr std::string_view suffix = ".json";
  auto name = std::string(json::view_of(*reference)).substr(beside.size());
  return name.substr(0, name.size() - suffix.size());
}

std::vector<std::string> ApiContract::faults(const Operation& operation, const http::Response& reply) const {
  return Examination(description_, reply).of(operation);
}

}  // namespace salam::test
