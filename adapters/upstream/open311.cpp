#include "adapters/upstream/open311.h"

#include <algorithm>
#include <utility>

#include "adapters/upstream/open311_amendment.h"
#include "adapters/upstream/open311_form.h"
#include "adapters/upstream/open311_lookup.h"
#include "adapters/upstream/open311_progress.h"
#include "adapters/upstream/open311_reply.h"
#include "adapters/upstream/open311_rules.h"

namespace salam::upstream {
namespace {

class Open311 final : public Protocol {
 public:
  Open311(Open311Settings settings, std::shared_ptr<const ServiceCatalogue> catalogue)
      : settings_(std::move(settings)), catalogue_(std::move(catalogue)) {}

  [[nodiscard]] bool takes_files() const override { return !settings_.media_field.empty(); }
  [[nodiscard]] http_client::Request submit_request(const Request& request) const override {
    auto form = submission(settings_, *catalogue_, request);
    if (request.files.empty()) return post_call("/requests", settings_.format, std::move(form));
    return post_call("/requests", settings_.format, std::move(form), settings_.media_field, request.files);
  }

  [[nodiscard]] Answer<SubmitOutcome> submit_answer(const Request& request, const http_client::Response& response) const override {
    const auto reply = read_submit_reply(response, settings_.format);
    const auto said = describe(response, words_of(reply.errors), &request);
    return {judge(request, response, reply, said), said};
  }

  [[nodiscard]] bool has_lookup() const override { return settings_.lookup.kind != LookupKind::none; }
  [[nodiscard]] std::unique_ptr<Lookup> look_up(const Request& request) const override { return make_open311_lookup(settings_, request); }
  [[nodiscard]] std::unique_ptr<Listing> list(Timestamp since) const override { return make_open311_listing(settings_, since); }

  [[nodiscard]] bool has_tokens() const override { return true; }

  [[nodiscard]] http_client::Request poll_request(std::string_view token) const override {
    return get_call("/tokens/" + http_client::percent_encoded(token), settings_.format, {{"jurisdiction_id", settings_.jurisdiction_id}});
  }

  [[nodiscard]] Answer<PollOutcome> poll_answer(std::string_view token, const http_client::Response& response) const override {
    const auto errors = read_errors(response, settings_.format);
    const auto said = describe(response, words_of(errors), nullptr);
    return {judge(token, response, errors, said), said};
  }

  [[nodiscard]] bool amends() const override { return settings_.amend.updates; }
  [[nodiscard]] bool amendment_sets_values() const override { return amends() && settings_.amend.sets_values; }
  [[nodiscard]] bool has_amendment_lookup() const override { return amends() && settings_.amend.lookup; }
  [[nodiscard]] bool amendment_takes_media() const override { return amends() && settings_.amend.media; }
  [[nodiscard]] bool amendment_takes_files() const override { return amendment_takes_media() && !settings_.amend.media_field.empty(); }
  [[nodiscard]] http_client::Request amend_request(const Request& request) const override { return amendment_call(settings_, request); }
  [[nodiscard]] Answer<AmendOutcome> amend_answer(const Request& request, const http_client::Response& response) const override {
    return read_amendment(settings_, request, response);
  }
  [[nodiscard]] std::unique_ptr<Lookup> look_up_amendment(const Request& request, Timestamp now) const override {
    return make_open311_amendment_lookup(settings_, request, now);
  }

  [[nodiscard]] std::size_t follow_up_batch() const override {
    return settings_.follow_up.kind == FollowUpKind::none ? 0 : max_codes_in_a_call;
  }
  [[nodiscard]] http_client::Request follow_up_request(std::span<const std::string> codes, Timestamp now) const override {
    return follow_up_call(settings_, codes, now);
  }
  [[nodiscard]] Answer<FollowUpOutcome> follow_up_answer(std::span<const std::string> codes,
                                                         const http_client::Response& response) const override {
    return read_follow_up(settings_, response, codes);
  }
  [[nodiscard]] Result<std::vector<ProgressReport>> read_callback(std::string_view body) const override {
    return upstream::read_callback(settings_, body);
  }

 private:
  [[nodiscard]] SubmitOutcome judge(const Request& request, const http_client::Response& response, const SubmitReply& reply,
                                    const std::string& said) const {
    const int status = response.status;
    if (is_success(status) && reply.id) return outcome::Registered{*reply.id};
    if (is_success(status) && reply.token) return outcome::Pending{*reply.token};
    if (any_holds(settings_.already_exists, status, reply.errors)) return existing(reply.errors, said);
    if (any_holds(settings_.refused, status, reply.errors)) return outcome::Refused{said};
    if (any_holds(settings_.later, status, reply.errors)) return try_later(response, said);
    if (is_success(status) && reply.blank && settings_.blackbox) return outcome::Registered{request.code.digits()};
    if (is_success(status)) return outcome::Uncertain{said + ": no id that can be relied on"};
    return act_outcome<SubmitOutcome>(response, said);
  }

  [[nodiscard]] PollOutcome judge(std::string_view token, const http_client::Response& response, const std::vector<ReplyError>& errors,
                                  const std::string& said) const {
    const int status = response.status;
    const auto replies = read_token_reply(response, settings_.format);
    const bool readable = is_success(status) && replies;
    const auto ours = [&](const TokenReply& reply) { return (reply.token.empty() || reply.token == token) && reply.id; };
    if (readable) {
      const auto found = std::find_if(replies->begin(), replies->end(), ours);
      if (found != replies->end()) return outcome::Registered{*found->id};
    }
    if (any_holds(settings_.refused, status, errors)) return outcome::Unclear{said + ": refused after it was taken in"};
    if (any_holds(settings_.later, status, errors)) return try_later(response, said);
    if (status == 404) return outcome::NotYet{};
    if (is_success(status) && !errors.empty()) return outcome::Unclear{said + ": an error in place of the id"};
    if (readable) return outcome::NotYet{};
    return read_outcome<PollOutcome>(response, said);
  }

  static SubmitOutcome existing(const std::vector<ReplyError>& errors, const std::string& said) {
    const auto named = std::find_if(errors.begin(), errors.end(), [](const ReplyError& error) { return error.id.has_value(); });
    if (named != errors.end()) return outcome::Registered{*named->id};
    return outcome::Uncertain{said + ": exists already, but under which id is not said"};
  }

  Open311Settings settings_;
  std::shared_ptr<const ServiceCatalogue> catalogue_;
};

}  // namespace

std::shared_ptr<const Protocol> make_open311(Open311Settings settings, std::shared_ptr<const ServiceCatalogue> catalogue) {
  return std::make_shared<Open311>(std::move(settings), std::move(catalogue));
}

}  // namespace salam::upstream
