#include "adapters/http_client/multipart.h"

#include <algorithm>
#include <random>

#include <spdlog/fmt/fmt.h>

namespace salam::http_client {
namespace {

constexpr std::string_view line_end = "\r\n";

std::string random_boundary() {
  std::random_device random;
  return fmt::format("salam-{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') {
      out += "%22";
    } else if (c == '\r') {
      out += "%0D";
    } else if (c == '\n') {
      out += "%0A";
    } else {
      out += c;
    }
  }
  return out += '"';
}

std::string head_of(const Part& part) {
  std::string head = "Content-Disposition: form-data; name=" + quoted(part.name);
  if (part.file_name) head.append("; filename=").append(quoted(*part.file_name));
  if (!part.media_type.empty()) head.append(line_end).append("Content-Type: ").append(part.media_type);
  return head.append(line_end).append(line_end);
}

bool stands_in(std::string_view boundary, const Part& part) {
  return part.content.find(boundary) != std::string_view::npos || part.name.find(boundary) != std::string::npos ||
         (part.file_name && part.file_name->find(boundary) != std::string::npos);
}

}  // namespace

std::string boundary_for(const std::vector<Part>& parts, const std::function<std::string()>& draw) {
  auto boundary = draw();
  while (std::ranges::any_of(parts, [&](const Part& part) { return stands_in(boundary, part); })) boundary = draw();
  return boundary;
}

MultipartForm multipart_encoded(const std::vector<Part>& parts) {
  constexpr std::size_t head_size = 512;
  const auto boundary = boundary_for(parts, random_boundary);
  MultipartForm form{.content_type = "multipart/form-data; boundary=" + boundary, .body = {}};
  std::size_t size = head_size;
  for (const auto& part : parts) size += part.content.size() + head_size;
  form.body.reserve(size);
  for (const auto& part : parts) {
    form.body.append("--").append(boundary).append(line_end).append(head_of(part)).append(part.content).append(line_end);
  }
  form.body.append("--").append(boundary).append("--").append(line_end);
  return form;
}

}  // namespace salam::http_client
