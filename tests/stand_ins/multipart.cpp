#include "tests/stand_ins/multipart.h"

#include <array>

#include <openssl/evp.h>

#include "tests/stand_ins/text.h"

namespace salam::stand_ins {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t longest_boundary = 70;  // RFC 2046 section 5.1.1.

std::string sha256_of(std::string_view content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_Digest(content.data(), content.size(), digest.data(), &length, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex += digits[digest[i] >> 4];
    hex += digits[digest[i] & 0xf];
  }
  return hex;
}

/// Takes the text off the front.
bool take(std::string_view& rest, std::string_view text) {
  if (!rest.starts_with(text)) return false;
  rest.remove_prefix(text.size());
  return true;
}

/// Takes what comes before the text, and the text.
std::optional<std::string_view> take_until(std::string_view& rest, std::string_view text) {
  auto end = rest.find(text);
  if (end == std::string_view::npos) return std::nullopt;
  auto taken = rest.substr(0, end);
  rest.remove_prefix(end + text.size());
  return taken;
}

std::optional<std::string> boundary_of(const Request& request) {
  auto type = request.header("Content-Type");
  if (!take_until(type, "boundary=")) return std::nullopt;
  if (take(type, "\"")) {
    auto quoted = take_until(type, "\"");
    return quoted ? std::optional<std::string>(*quoted) : std::nullopt;
  }
  std::string boundary(type.substr(0, type.find(';')));
  if (boundary.empty() || boundary.size() > longest_boundary) return std::nullopt;
  return boundary;
}

/// A quoted name, as browsers write it: with %22, %0D and %0A, and every other percent sign meaning itself.
std::optional<std::string> take_name(std::string_view& rest, std::string_view parameter) {
  if (!take(rest, parameter) || !take(rest, "=\"")) return std::nullopt;
  auto quoted = take_until(rest, "\"");
  if (!quoted || !utf8_length(*quoted)) return std::nullopt;
  std::string name;
  while (!quoted->empty()) {
    if (take(*quoted, "%22")) {
      name += '"';
    } else if (take(*quoted, "%0D")) {
      name += '\r';
    } else if (take(*quoted, "%0A")) {
      name += '\n';
    } else {
      name += quoted->front();
      quoted->remove_prefix(1);
    }
  }
  return name;
}

struct Head {
  std::string field;
  std::optional<std::string> file_name;
  std::string media_type;
};

std::optional<Head> read_head(std::string_view text) {
  Head head;
  if (!take(text, "Content-Disposition: form-data; ")) return std::nullopt;
  auto field = take_name(text, "name");
  if (!field || field->empty()) return std::nullopt;
  head.field = std::move(*field);
  if (take(text, "; ")) {
    head.file_name = take_name(text, "filename");
    if (!head.file_name || head.file_name->empty()) return std::nullopt;
  }
  if (take(text, "\r\nContent-Type: ")) head.media_type = std::exchange(text, {});
  if (!text.empty() || head.media_type.find(line_end) != std::string::npos) return std::nullopt;
  if (head.file_name && head.media_type.find('/') == std::string::npos) return std::nullopt;
  return head;
}

}  // namespace

std::optional<std::string> read_multipart(const Request& request, Form& form) {
  auto boundary = boundary_of(request);
  if (!boundary) return "the Content-Type names no boundary";
  auto delimiter = "\r\n--" + *boundary;
  auto rest = request.body;
  if (!take(rest, std::string_view(delimiter).substr(line_end.size()))) return "the body does not begin with the boundary";
  while (!take(rest, "--")) {
    if (!take(rest, line_end)) return "something follows a boundary";
    auto text = take_until(rest, "\r\n\r\n");
    auto head = text ? read_head(*text) : std::nullopt;
    if (!head) return "a part's head is not that of a form's field or file";
    auto content = take_until(rest, delimiter);
    if (!content) return "a part does not end";
    if (head->file_name) {
      form.files.push_back({head->field, *head->file_name, head->media_type, content->size(), sha256_of(*content)});
    } else {
      if (!utf8_length(*content)) return "the field " + head->field + " is not UTF-8";
      form.fields.emplace_back(head->field, *content);
    }
  }
  if (!rest.empty() && rest != line_end) return "something follows the last boundary";
  return std::nullopt;
}

}  // namespace salam::stand_ins
