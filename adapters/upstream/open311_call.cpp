#include "adapters/upstream/open311_call.h"

#include <chrono>

#include <spdlog/fmt/fmt.h>

#include "adapters/http_client/multipart.h"

namespace salam::upstream {
namespace {

void leave_out_empty(Fields& fields) {
  std::erase_if(fields, [](const auto& field) { return field.second.empty(); });
}

std::string encoded(Fields fields) {
  leave_out_empty(fields);
  return http_client::form_encoded(fields);
}

http_client::Request call(std::string_view path, ReplyFormat format) {
  const bool is_xml = format == ReplyFormat::xml;
  http_client::Request message;
  message.target = std::string(path) + (is_xml ? ".xml" : ".json");
  message.headers = {{"Accept", is_xml ? "text/xml, application/xml" : "application/json"}};
  return message;
}

}  // namespace

http_client::Request get_call(std::string_view path, ReplyFormat format, Fields query) {
  auto message = call(path, format);
  if (const auto text = encoded(std::move(query)); !text.empty()) message.target += "?" + text;
  return message;
}

http_client::Request post_call(std::string_view path, ReplyFormat format, Fields form) {
  auto message = call(path, format);
  message.method = "POST";
  message.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  message.body = encoded(std::move(form));
  return message;
}

http_client::Request post_call(std::string_view path, ReplyFormat format, Fields form, std::string_view field,
                               const std::vector<MediaFile>& files) {
  leave_out_empty(form);
  std::vector<http_client::Part> parts;
  for (const auto& [name, value] : form) parts.push_back({name, value, {}, {}});
  for (const auto& file : files) parts.push_back({std::string(field), *file.content, file.media_type, file.name.reveal()});
  auto encoded = http_client::multipart_encoded(parts);
  auto message = call(path, format);
  message.method = "POST";
  message.headers.emplace_back("Content-Type", std::move(encoded.content_type));
  message.body = std::move(encoded.body);
  return message;
}

std::string attribute_field(std::string_view name) { return fmt::format("attribute[{}]", name); }

std::string utc(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace salam::upstream
