#include "adapters/sms/reply.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <spdlog/fmt/fmt.h>

#include "gateway/domain/text.h"

namespace salam::sms {
namespace {

constexpr std::size_t max_words = 200;         ///< Code points that operators see.
constexpr std::size_t max_words_bytes = 4096;  ///< Looked at.
constexpr std::size_t max_id_digits = 20;

}  // namespace

outcome::TryLater later(const HttpReply& reply, std::string why) { return {std::move(why), reply.retry_after, true}; }

bool is_misconfigured(int status) {
  switch (status) {
    case 401:
    case 403:
    case 404:
    case 405:
    case 407:
      return true;
    default:
      return status >= 300 && status < 400 && status != 303;
  }
}

SendOutcome by_status_alone(const HttpReply& reply, std::string why) {
  if (reply.status == 429 || reply.status == 503) return later(reply, std::move(why));
  if (is_misconfigured(reply.status)) return outcome::Misconfigured{std::move(why)};
  return outcome::Uncertain{std::move(why)};
}

std::string unreadable(const HttpReply& reply, std::string_view provider) {
  return fmt::format("HTTP {} with {} bytes that are no reply of {}'s", reply.status, reply.body.size(), provider);
}

std::optional<int> number_at(const json::Value& object, std::string_view name) {
  const auto text = json::string_at(object, name);
  int number = 0;
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return number;
}

std::string whole_number(std::string_view text) {
  const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const bool plausible = digits && text.size() <= max_id_digits && text.find_first_not_of('0') != std::string_view::npos;
  return plausible ? std::string(text) : std::string();
}

std::string whole_number(const json::Value* value) {
  return whole_number(std::string_view(value == nullptr ? std::string() : json::text_of(*value).value_or("")));
}

std::string operators_words(std::string_view text) {
  text = text.substr(0, max_words_bytes);
  // A cut character at the end is at most three bytes; anything else is no text.
  for (int cut = 0; cut < 4 && !valid_utf8(text); ++cut) text.remove_suffix(1);
  return valid_utf8(text) ? shortened(without_numbers(normalise(text)), max_words) : std::string();
}

std::string words_at(const json::Value& object, std::string_view name) {
  const auto* const value = json::member(object, name);
  return value == nullptr ? std::string() : operators_words(json::view_of(*value));
}

std::string local_form(const std::string& e164) { return e164.starts_with("+98") ? "0" + e164.substr(3) : e164; }

std::string international_form(const std::string& e164) { return e164.starts_with('+') ? e164.substr(1) : e164; }

}  // namespace salam::sms
