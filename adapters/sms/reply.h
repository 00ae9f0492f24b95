#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/json/parse.h"
#include "gateway/ports/sms_provider.h"

/// What the drivers share in reading a provider's reply.
namespace salam::sms {

struct HttpReply {
  int status = 0;
  std::string_view body;  ///< Not trusted.
  std::optional<Milliseconds> retry_after;
};

outcome::TryLater later(const HttpReply& reply, std::string why);

/// Whether an HTTP status alone says that address or account are wrong: a redirect, 401, 403, 404, 405, 407. A 303 ("see what came of it")
/// does not.
bool is_misconfigured(int status);

/// What the HTTP status alone tells of a send: 429 and 503 did not take it, and neither did `is_misconfigured`. All else may have sent it.
/// Never for good.
SendOutcome by_status_alone(const HttpReply& reply, std::string why);
/// The same of a question that changes nothing.
template <class Outcome>
Outcome answer_by_status_alone(const HttpReply& reply, std::string why) {
  if (is_misconfigured(reply.status)) return outcome::Misconfigured{std::move(why)};
  return later(reply, std::move(why));
}

/// `HTTP 200 with 12 bytes that are no reply of Kannel's`.
std::string unreadable(const HttpReply& reply, std::string_view provider);

/// A member as an int, whether it stands there as a number or as text.
std::optional<int> number_at(const json::Value& object, std::string_view name);
/// The text where it is a positive whole number of at most 20 digits; empty for anything else.
std::string whole_number(std::string_view text);
/// The same of a value, given as a number or as text.
std::string whole_number(const json::Value* value);
/// The provider's words, fit for operators: shortened, without numbers that may be a citizen's.
std::string operators_words(std::string_view text);
std::string words_at(const json::Value& object, std::string_view name);

/// `09…` of an Iranian mobile in E.164; any other number as it is.
std::string local_form(const std::string& e164);
/// Without the `+`.
std::string international_form(const std::string& e164);

}  // namespace salam::sms
