#include "adapters/upstream/placeholders.h"

#include <algorithm>
#include <array>
#include <utility>

#include <spdlog/fmt/fmt.h>

#include "adapters/http_client/client.h"
#include "adapters/upstream/amendment.h"
#include "gateway/domain/text.h"
#include "gateway/domain/time.h"
#include "gateway/json/writer.h"

namespace salam::upstream {
namespace {

constexpr auto names = std::to_array<std::pair<std::string_view, Placeholder>>({
    {"code", Placeholder::code},
    {"subject", Placeholder::subject},
    {"description", Placeholder::description},
    {"category", Placeholder::category},
    {"service_code", Placeholder::service_code},
    {"kind", Placeholder::kind},
    {"region", Placeholder::region},
    {"region_name", Placeholder::region_name},
    {"name", Placeholder::name},
    {"first_name", Placeholder::first_name},
    {"last_name", Placeholder::last_name},
    {"mobile", Placeholder::mobile},
    {"mobile_local", Placeholder::mobile_local},
    {"phone", Placeholder::phone},
    {"national_id", Placeholder::national_id},
    {"address", Placeholder::address},
    {"latitude", Placeholder::latitude},
    {"longitude", Placeholder::longitude},
    {"meeting", Placeholder::meeting},
    {"form", Placeholder::form},
    {"item", Placeholder::item},
    {"received_at", Placeholder::received_at},
    {"received_on", Placeholder::received_on},
    {"received_on_jalali", Placeholder::received_on_jalali},
    {"received_on_jalali_persian", Placeholder::received_on_jalali_persian},
    {"meeting_date", Placeholder::meeting_date},
    {"meeting_date_jalali", Placeholder::meeting_date_jalali},
    {"media_url", Placeholder::media_url},
    {"media_urls", Placeholder::media_urls},
    {"their_region", Placeholder::their_region},
    {"their_category", Placeholder::their_category},
    {"their_kind", Placeholder::their_kind},
    {"page", Placeholder::page},
    {"api_key", Placeholder::api_key},
    {"user", Placeholder::user},
    {"password", Placeholder::password},
    {"token", Placeholder::token},
    {"text", Placeholder::text},
    {"sender", Placeholder::sender},
    {"message_id", Placeholder::message_id},
    {"mobile_international", Placeholder::mobile_international},
    {"ids", Placeholder::ids},
    {"upstream_code", Placeholder::upstream_code},
    {"upstream_codes", Placeholder::upstream_codes},
    {"amendment_mark", Placeholder::amendment_mark},
    {"amendment_number", Placeholder::amendment_number},
    {"amendment_text", Placeholder::amendment_text},
    {"unit", Placeholder::unit},
    {"due", Placeholder::due},
    {"due_jalali", Placeholder::due_jalali},
    {"explanation", Placeholder::explanation},
    {"answer", Placeholder::answer},
});

/// What must be there for those that no request has; empty for the others.
std::string_view condition_of(Placeholder placeholder) {
  switch (placeholder) {
    case Placeholder::their_region:
      return "it needs a table [tables.region]";
    case Placeholder::their_category:
      return "it needs a table [tables.category]";
    case Placeholder::their_kind:
      return "it needs a table [tables.kind]";
    case Placeholder::page:
      return "only a lookup has pages";
    case Placeholder::api_key:
    case Placeholder::user:
    case Placeholder::password:
      return "it belongs to the headers and bodies of a mapped HTTP system";
    case Placeholder::token:
      return "it belongs to the headers of a mapped HTTP system that has a [login]";
    case Placeholder::text:
    case Placeholder::sender:
    case Placeholder::message_id:
    case Placeholder::mobile_international:
      return "it belongs to a text message";
    case Placeholder::ids:
      return "it belongs to the status of text messages";
    case Placeholder::upstream_code:
      return "it belongs to a [follow_up] or an [amend]";
    case Placeholder::upstream_codes:
      return "it belongs to a [follow_up]";
    case Placeholder::amendment_mark:
    case Placeholder::amendment_number:
    case Placeholder::amendment_text:
    case Placeholder::unit:
    case Placeholder::due:
    case Placeholder::due_jalali:
    case Placeholder::explanation:
    case Placeholder::answer:
      return "it belongs to an [amend]";
    default:
      return {};
  }
}

std::string degrees(double value) { return fmt::format("{:.6f}", value); }

std::string first_name(std::string_view name) {
  const auto blank = name.find(' ');
  return blank == std::string_view::npos ? std::string() : std::string(name.substr(0, blank));
}

std::string last_name(std::string_view name) {
  const auto blank = name.find(' ');
  return std::string(blank == std::string_view::npos ? name : name.substr(blank + 1));
}

std::string local_mobile(const Citizen& citizen) {
  constexpr std::string_view country = "+98";
  return citizen.mobile ? "0" + citizen.mobile->reveal().substr(country.size()) : std::string();
}

std::string full_date(const std::optional<Date>& date) { return date && date->ok() ? to_string(*date) : std::string(); }
std::string jalali(const std::optional<Date>& date) { return date && date->ok() ? latin_digits(jalali_date(*date)) : std::string(); }

bool is_number(Placeholder placeholder, const Scope& scope) {
  return placeholder == Placeholder::latitude || placeholder == Placeholder::longitude || placeholder == Placeholder::item ||
         placeholder == Placeholder::amendment_number || scope.numbers.contains(placeholder);
}

/// Why it cannot stand there; empty where it can.
std::string_view fault_of(Placeholder placeholder, const Scope& scope) {
  const auto condition = condition_of(placeholder);
  if (scope.others.contains(placeholder) || (scope.request && condition.empty())) return {};
  return condition.empty() ? "it belongs to a request" : condition;
}

std::string json_value(bool number, const std::string& value) {
  if (value.empty()) return "null";
  return number ? value : json::Writer().string(value).take();
}

std::string json_content(const std::string& value) {
  const auto quoted = json::Writer().string(value).take();
  return quoted.substr(1, quoted.size() - 2);
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::string without_controls(std::string value) {
  std::erase_if(value, is_control);
  return value;
}

std::string xml_text(std::string_view value) {
  std::string out;
  for (const char c : value) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        if (!is_control(c) || c == '\n' || c == '\t') out += c;
    }
  }
  return out;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\n") - first + 1));
}

/// Whether a JSON string that was (not) open before `text` is open after it.
bool string_open_after(std::string_view text, bool open) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (open && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      open = !open;
    }
  }
  return open;
}

}  // namespace

std::optional<Placeholder> parse_placeholder(std::string_view name) {
  const auto* const found = std::find_if(names.begin(), names.end(), [&](const auto& entry) { return entry.first == name; });
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

std::string_view category_of(const Request& request) {
  return request.content.category.empty() ? request.route.category : request.content.category;
}

namespace {

/// What people decided of it since, and what its system calls it.
std::string amendment_value(Placeholder placeholder, const Request& request) {
  const auto& assignment = request.handling.assignment;
  const auto& told = request.handling.answer;
  switch (placeholder) {
    case Placeholder::upstream_code:
      return request.registration.code;
    case Placeholder::amendment_mark:
      return amendment_mark(request);
    case Placeholder::amendment_number:
      return std::to_string(request.handling.amendment.number);
    case Placeholder::unit:
      return assignment ? assignment->unit : std::string();
    case Placeholder::due:
      return assignment ? full_date(assignment->due) : std::string();
    case Placeholder::due_jalali:
      return assignment ? jalali(assignment->due) : std::string();
    case Placeholder::explanation:
      return assignment ? assignment->explanation.reveal() : std::string();
    case Placeholder::answer:
      return told ? told->text.reveal() : std::string();
    default:
      return {};
  }
}

}  // namespace

std::string value_of(Placeholder placeholder, const Request& request) {
  const auto& content = request.content;
  const auto& citizen = content.citizen;
  switch (placeholder) {
    case Placeholder::code:
      return request.code.digits();
    case Placeholder::subject:
      return content.subject.reveal();
    case Placeholder::description:
      return content.description.reveal();
    case Placeholder::category:
      return std::string(category_of(request));
    case Placeholder::kind:
      return std::string(to_string(content.kind));
    case Placeholder::region:
      return content.region.wire();
    case Placeholder::region_name:
      return content.region.name();
    case Placeholder::name:
      return citizen.name.reveal();
    case Placeholder::first_name:
      return first_name(citizen.name.reveal());
    case Placeholder::last_name:
      return last_name(citizen.name.reveal());
    case Placeholder::mobile:
      return citizen.mobile ? citizen.mobile->reveal() : std::string();
    case Placeholder::mobile_local:
      return local_mobile(citizen);
    case Placeholder::phone:
      return citizen.mobile ? local_mobile(citizen) : citizen.mobile_as_written.reveal();
    case Placeholder::national_id:
      return citizen.national_id.reveal();
    case Placeholder::address:
      return content.address.reveal();
    case Placeholder::latitude:
      return content.coordinates ? degrees(content.coordinates->latitude) : std::string();
    case Placeholder::longitude:
      return content.coordinates ? degrees(content.coordinates->longitude) : std::string();
    case Placeholder::meeting:
      return request.form_item.meeting;
    case Placeholder::form:
      return request.form_item.form;
    case Placeholder::item:
      return std::to_string(request.form_item.item);
    case Placeholder::received_at:
      return to_rfc3339(request.received_at);
    case Placeholder::received_on:
      return to_string(tehran_date(request.received_at));
    case Placeholder::received_on_jalali:
      return latin_digits(jalali_date(tehran_date(request.received_at)));
    case Placeholder::received_on_jalali_persian:
      return jalali_date(tehran_date(request.received_at));
    case Placeholder::meeting_date:
      return full_date(request.meeting_date);
    case Placeholder::meeting_date_jalali:
      return jalali(request.meeting_date);
    case Placeholder::media_url:
      return request.media_urls.empty() ? std::string() : request.media_urls.front();
    case Placeholder::media_urls:
      return fmt::format("{}", fmt::join(request.media_urls, "\n"));
    case Placeholder::service_code:
    case Placeholder::their_region:
    case Placeholder::their_category:
    case Placeholder::their_kind:
    case Placeholder::page:
    case Placeholder::api_key:
    case Placeholder::user:
    case Placeholder::password:
    case Placeholder::token:
    case Placeholder::text:
    case Placeholder::sender:
    case Placeholder::message_id:
    case Placeholder::mobile_international:
    case Placeholder::ids:
    case Placeholder::upstream_codes:
    case Placeholder::amendment_text:
      return {};
    case Placeholder::upstream_code:
    case Placeholder::amendment_mark:
    case Placeholder::amendment_number:
    case Placeholder::unit:
    case Placeholder::due:
    case Placeholder::due_jalali:
    case Placeholder::explanation:
    case Placeholder::answer:
      return amendment_value(placeholder, request);
  }
  return {};
}

Result<Template> Template::parse(std::string_view text, Escape escape, const Scope& scope) {
  Template made;
  made.escape_ = escape;
  made.separator_ = scope.separator;
  bool in_string = false;
  while (!text.empty()) {
    const auto open = text.find("{{");
    Part part;
    part.text = std::string(text.substr(0, open));
    in_string = string_open_after(part.text, in_string);
    part.quoted = in_string;
    if (open == std::string_view::npos) {
      made.parts_.push_back(std::move(part));
      break;
    }
    const auto close = text.find("}}", open);
    if (close == std::string_view::npos) return Error{"template_invalid", "a placeholder is not closed by }}"};
    const auto name = trimmed(text.substr(open + 2, close - open - 2));
    part.placeholder = parse_placeholder(name);
    if (!part.placeholder) return Error{"template_invalid", "there is no placeholder {{" + name + "}}"};
    if (const auto fault = fault_of(*part.placeholder, scope); !fault.empty()) {
      return Error{"template_invalid", "{{" + name + "}} means nothing here: " + std::string(fault)};
    }
    part.number = is_number(*part.placeholder, scope);
    made.parts_.push_back(std::move(part));
    text.remove_prefix(close + 2);
  }
  return made;
}

std::string Template::render(const Values& values) const {
  std::string out;
  for (const auto& part : parts_) {
    out += part.text;
    if (!part.placeholder) continue;
    auto value = values(*part.placeholder);
    if (part.placeholder == Placeholder::upstream_codes) {
      for (auto end = value.find('\n'); end != std::string::npos; end = value.find('\n')) {
        out += escaped(part, value.substr(0, end)) + separator_;
        value.erase(0, end + 1);
      }
    }
    out += escaped(part, value);
  }
  return out;
}

std::string Template::escaped(const Part& part, const std::string& value) const {
  switch (escape_) {
    case Escape::none:
      return value;
    case Escape::json:
      return part.quoted ? json_content(value) : json_value(part.number, value);
    case Escape::percent:
      return http_client::percent_encoded(value);
    case Escape::xml:
      return xml_text(value);
    case Escape::header:
      return part.placeholder == Placeholder::token ? value : without_controls(value);
  }
  return {};
}

bool Template::uses(Placeholder placeholder) const {
  return std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) { return part.placeholder == placeholder; });
}

}  // namespace salam::upstream
