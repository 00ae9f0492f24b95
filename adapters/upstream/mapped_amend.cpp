#include "adapters/upstream/mapped_amend.h"

#include <algorithm>
#include <string>

#include "adapters/upstream/amendment.h"

namespace salam::upstream {
namespace {

constexpr int no_content = 204;

bool is_whole_answer(const MappedAmend& amend, const Request& request, const http_client::Response& response, const ReplyBody& reply) {
  if (amend.mark.empty()) return reply.readable() || response.status == no_content;
  const auto mark = amendment_mark(request);
  return std::ranges::any_of(reply.whole().values_at(amend.mark), [&](const ReplyValue& value) { return carries_mark(value.text, mark); });
}

AmendOutcome judge(const Mapping& mapping, const Request& request, const http_client::Response& response, const ReplyBody& reply,
                   const std::string& said) {
  const int status = response.status;
  const auto whole = reply.whole();
  if (holds(mapping.amend->success, status, whole)) {
    if (is_whole_answer(*mapping.amend, request, response, reply)) return outcome::Amended{};
    return outcome::Uncertain{said + ": no answer to an amendment as [amend] says it"};
  }
  if (first_that_holds(mapping.already_exists, status, whole) != nullptr) return outcome::Amended{};
  if (const auto* const rule = first_that_holds(mapping.refused, status, whole)) {
    return outcome::Refused{describe(response, words_at(whole, rule->why), &request)};
  }
  if (first_that_holds(mapping.later, status, whole) != nullptr) return try_later(response, said);
  return act_outcome<AmendOutcome>(response, said);
}

}  // namespace

Answer<AmendOutcome> read_amendment(const Mapping& mapping, const Request& request, const http_client::Response& response) {
  const auto reply = ReplyBody::read(response, mapping.reply_format);
  const auto said = describe(response, is_success(response.status) ? std::string() : words_of(mapping, reply.whole()), &request);
  return {judge(mapping, request, response, reply, said), said};
}

}  // namespace salam::upstream
