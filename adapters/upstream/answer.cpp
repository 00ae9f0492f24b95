#include "adapters/upstream/answer.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "gateway/domain/text.h"

namespace salam::upstream {
namespace {

constexpr std::size_t max_code_bytes = 256;
constexpr std::size_t max_words = 200;            ///< Code points that operators see.
constexpr std::size_t max_text_looked_at = 4096;  ///< Bytes of an error page.

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// C0, DEL, C1, zero-width and direction marks, line and paragraph separators, BOM: in UTF-8.
bool has_invisible(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    const auto third = i + 2 < text.size() ? static_cast<unsigned char>(text[i + 2]) : 0U;
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && next < 0xA0) return true;
    if (byte == 0xE2 && next == 0x80 && ((third >= 0x8B && third <= 0x8F) || (third >= 0xA8 && third <= 0xAE))) return true;
    if (byte == 0xE2 && next == 0x81 && third >= 0xA0 && third <= 0xAF) return true;
    if (byte == 0xEF && next == 0xBB && third == 0xBF) return true;
  }
  return false;
}

bool says_nothing(std::string_view code) {
  if (code.find_first_not_of('0') == std::string_view::npos) return true;
  std::string lower(code);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  constexpr std::array<std::string_view, 4> words{"null", "none", "undefined", "nan"};
  return std::find(words.begin(), words.end(), lower) != words.end();
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) text.replace(at, what.size(), with);
}

std::vector<std::string> personal_texts(const Request& request) {
  const auto& content = request.content;
  const auto& assignment = request.handling.assignment;
  const auto& answer = request.handling.answer;
  std::vector<std::string> texts{assignment ? assignment->explanation.reveal() : "",
                                 answer ? answer->text.reveal() : "",
                                 content.description.reveal(),
                                 content.subject.reveal(),
                                 content.address.reveal(),
                                 content.citizen.name.reveal()};
  for (std::string_view rest = texts.back(); !rest.empty();) {
    const auto blank = rest.find(' ');
    texts.emplace_back(rest.substr(0, blank));
    rest.remove_prefix(blank == std::string_view::npos ? rest.size() : blank + 1);
  }
  // Whoever knows such an address can read the file.
  for (const auto& file : request.files) texts.push_back(file.name.reveal());
  texts.insert(texts.end(), request.media_urls.begin(), request.media_urls.end());
  return texts;
}

std::string without_personal_data(std::string text, const Request* about) {
  constexpr std::size_t too_short = 3;
  if (about != nullptr) {
    for (const auto& personal : personal_texts(*about)) {
      if (length(personal) >= too_short) replace_all(text, personal, "[redacted]");
    }
  }
  return without_numbers(text);
}

/// The words of an error page: tags and the bodies of `style` and `script` left out.
std::string plain_text(std::string_view page) {
  page = page.substr(0, max_text_looked_at);
  while (!page.empty() && !valid_utf8(page)) {
    // A cut character at the end is at most three bytes; anything else is no text.
    if (page.size() < max_text_looked_at - 3) return {};
    page.remove_suffix(1);
  }
  std::string out;
  bool blank = false;
  for (std::size_t i = 0; i < page.size(); ++i) {
    if (page[i] == '<') {
      const auto rest = page.substr(i);
      const auto end = rest.starts_with("<style")    ? page.find("</style", i)
                       : rest.starts_with("<script") ? page.find("</script", i)
                                                     : page.find('>', i);
      if (end == std::string_view::npos) break;
      i = page.find('>', end);
      if (i == std::string_view::npos) break;
      blank = true;
    } else if (page[i] == ' ' || page[i] == '\t' || page[i] == '\r' || page[i] == '\n') {
      blank = true;
    } else {
      if (blank && !out.empty()) out += ' ';
      blank = false;
      out += page[i];
    }
  }
  return out;
}

}  // namespace

std::string_view body_of(const http_client::Response& response) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  std::string_view body = response.body;
  if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
  return body;
}

Result<json::Document> read_json(const http_client::Response& response) { return json::parse(body_of(response)); }

std::optional<std::string> trusted_code(const json::Value* value) {
  if (value == nullptr || !(value->IsString() || value->IsInt64() || value->IsUint64())) return std::nullopt;
  return trusted_code(json::text_of(*value).value_or(""));
}

bool is_blank(std::string_view text) { return trimmed(text).empty(); }

std::optional<std::string> trusted_code(std::string_view text) {
  const auto code = trimmed(text);
  if (code.empty() || code.size() > max_code_bytes || says_nothing(code) || has_invisible(code)) return std::nullopt;
  return std::string(code);
}

bool is_missing(const json::Value* value) {
  return value == nullptr || value->IsNull() || (value->IsString() && is_blank(json::view_of(*value)));
}

std::string describe(const http_client::Response& response, std::string_view words, const Request* about) {
  const auto type = response.header("content-type").substr(0, 64);
  const auto start = response.body.find_first_not_of(" \t\r\n");
  const bool is_json = start != std::string::npos && (response.body[start] == '{' || response.body[start] == '[');
  std::string said(words);
  if (said.empty() && !is_success(response.status) && !is_json) said = plain_text(response.body);
  if (!said.empty())
    return fmt::format("HTTP {}: {}", response.status, shortened(without_personal_data(std::move(said), about), max_words));
  const auto kind = valid_utf8(type) && !type.empty() ? std::string(type) : std::string("no content type");
  return fmt::format("HTTP {}, {}, {} bytes", response.status, kind, response.body.size());
}

outcome::TryLater try_later(const http_client::Response& response, std::string why) {
  const auto after = http_client::retry_after(response);
  return {std::move(why), after.count() < 0 ? std::nullopt : std::optional<Milliseconds>(after), true};
}

}  // namespace salam::upstream
