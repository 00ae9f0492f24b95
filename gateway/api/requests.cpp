#include <utility>

#include "gateway/api/batch_reply.h"
#include "gateway/api/intake.h"
#include "gateway/domain/text.h"
#include "gateway/json/intake.h"
#include "gateway/json/parse.h"
#include "gateway/json/views.h"
#include "gateway/json/writer.h"

namespace salam::api {
namespace {

constexpr std::size_t single_limit = 64 * 1024;
constexpr std::size_t batch_limit = 8 * 1024 * 1024;
constexpr int longest_wait_seconds = 30;

/// What one item of intake came to: an HTTP answer by itself, or an entry in a batch's reply.
struct Answer {
  http::Response response;
  std::optional<Record> waits_for_code;  ///< Set where the registration is still to come.
};

http::Response receipt(int status, const Request& request, bool replayed) {
  auto response = json_response(status, json::receipt_view(request));
  response.headers.emplace_back("Location", location_of(request));
  if (replayed) response.headers.emplace_back("Idempotent-Replayed", "true");
  return response;
}

http::Problem conflict(const Differs& found) {
  http::Problem problem{.code = "form_reused"};
  problem.members.emplace_back("request", location_of(found.record.request));
  problem.headers.emplace_back("Location", location_of(found.record.request));
  for (const auto& pointer : found.fields) {
    problem.errors.push_back({.pointer = pointer, .expected = "what this form item was registered with"});
  }
  return problem;
}

Answer answer_to(IntakeOutcome outcome, bool persian) {
  if (const auto* problem = std::get_if<http::Problem>(&outcome)) return {http::to_response(*problem, persian), {}};
  if (const auto* found = std::get_if<Differs>(&outcome)) return {http::to_response(conflict(*found), persian), {}};
  auto& [record, replayed] = std::get<TakenIn>(outcome);
  auto response = receipt(replayed ? 200 : 202, record.request, replayed);
  const bool waiting = record.request.registration.state != RegistrationState::registered;
  return {std::move(response), waiting ? std::optional(std::move(record)) : std::nullopt};
}

/// Takes one request in and answers when it is durable, or refused.
void take_in(const Context& context, const http::Request& request, const json::Value& value, std::string original,
             const std::function<void(Answer)>& answer) {
  take_in(context, sender_of(request), value, std::move(original),
          [answer, persian = request.wants_persian()](IntakeOutcome outcome) { answer(answer_to(std::move(outcome), persian)); });
}

/// `Prefer: wait=N` (RFC 7240): the same receipt, with the upstream's code if it comes in time, and then 201 for what was new.
void wait_for_code(const Context& context, int seconds, Answer answer, const http::Reply& reply) {
  const int fresh_status = answer.response.status == 202 ? 201 : answer.response.status;
  const auto key = answer.waits_for_code->request.key;
  answer.response.headers.emplace_back("Preference-Applied", "wait=" + std::to_string(seconds));
  context.await_registration(key, std::chrono::seconds(seconds),
                             [response = std::move(answer.response), fresh_status, reply](const std::optional<Record>& record) mutable {
                               if (record) {
                                 response.body = json::receipt_view(record->request);
                                 if (record->request.registration.state == RegistrationState::registered) response.status = fresh_status;
                               }
                               reply(std::move(response));
                             });
}

void post_request(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto document = document_of(request, reply);
  if (!document) return;
  const auto wait = request.prefer_wait();
  take_in(context, request, *document, request.body, [&context, wait, reply](Answer answer) {
    if (wait && *wait > 0 && answer.waits_for_code)
      return wait_for_code(context, std::min(*wait, longest_wait_seconds), std::move(answer), reply);
    reply(std::move(answer.response));
  });
}

std::string batch_item(const http::Response& response) {
  json::Writer writer;
  const bool taken = response.status < 300;
  writer.begin_object().member("status", response.status).key(taken ? "request" : "problem").raw(response.body);
  if (response.status == 200) writer.member("replayed", true);
  return writer.end_object().take();
}

void post_batch(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto document = document_of(request, reply);
  if (!document) return;
  const auto items = json::read_batch(*document);
  if (!items) return refuse(request, reply, invalid_body(items.error()));
  const auto batch = std::make_shared<BatchReply>(items->size(), reply);
  std::size_t index = 0;
  for (const auto* item : *items) {
    take_in(context, request, *item, json::to_text(*item),
            [batch, index](const Answer& answer) { batch->fill(index, batch_item(answer.response)); });
    ++index;
  }
}

void get_request(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto record = request_of(context, request, reply);
  if (!record) return;
  auto response = json_response(200, json::request_view(*record, context.store.attachments(record->request.key)));
  response.headers.emplace_back("ETag", '"' + std::to_string(record->request.version) + '"');
  reply(std::move(response));
}

void get_history(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto page = page_of(request, reply);
  if (!page) return;
  const auto record = request_of(context, request, reply);
  if (!record) return;
  const auto key = record->request.key;
  const auto entries = context.store.history(key, page->after, page->size);
  json::Writer writer;
  writer.begin_object().key("events").begin_array();
  for (const auto& entry : entries) {
    writer.begin_object()
        .member("sequence", entry.sequence)
        .member("type", entry.type)
        .member("time", to_rfc3339(entry.at))
        .member_if("by", entry.actor.name)
        .member_if("key", entry.actor.key)
        .member_if("note", entry.actor.note)
        .key("data")
        .raw(entry.data);
    writer.end_object();
  }
  writer.end_array().key("attempts").begin_array();
  for (const auto& attempt : context.store.attempts(key, page->size)) {
    writer.begin_object().member("target", attempt.target).member("action", attempt.action).member("time", to_rfc3339(attempt.at));
    writer.member("took_ms", attempt.took.count()).member("outcome", attempt.outcome).member_if("detail", attempt.detail).end_object();
  }
  writer.end_array();
  if (std::cmp_equal(entries.size(), page->size)) writer.member("next_page_token", page_token(entries.back().sequence));
  reply(json_response(200, writer.end_object().take()));
}

/// Refuses by itself and returns nothing where a filter is none.
std::optional<store::RequestFilter> filter_of(const http::Request& request, const http::Reply& reply) {
  store::RequestFilter filter;
  for (const auto& [name, value] : request.query) {
    std::string_view expected;
    if (name == "meeting") {
      filter.meeting = value;
    } else if (name == "form") {
      filter.form = latin_digits(value);
    } else if (name == "region") {
      filter.region = Region::parse(value);
      if (!filter.region) expected = "1 to 15, or nazhvan";
    } else if (name == "system") {
      filter.system = parse_system(value);
      if (!filter.system) expected = "137 or service_desk";
    } else if (name == "state") {
      filter.state = parse_registration_state(value);
      if (!filter.state) {
        expected = "one of waiting, in_review, registering, pending, by_hand, uncertain, needs_decision, registered, closed";
      }
    } else if (name == "told") {
      filter.told = value == "true";
      if (value != "true" && value != "false") expected = "true or false";
    }
    if (!expected.empty()) {
      refuse_parameter(request, reply, name, std::string(expected));
      return {};
    }
  }
  return filter;
}

/// Those that stand under that code, here or in either system: at most a handful.
void list_by_code(const Context& context, const http::Request& request, std::string_view code, const http::Reply& reply) {
  if (!page_of(request, reply, {"code"})) return;
  json::Writer writer;
  writer.begin_object().key("requests").begin_array();
  for (const auto& record : context.store.find_by_code(normalise(code))) writer.raw(json::request_view(record));
  reply(json_response(200, writer.end_array().end_object().take()));
}

void list_requests(const Context& context, const http::Request& request, const http::Reply& reply) {
  if (const auto code = request.query_value("code")) return list_by_code(context, request, *code, reply);
  const auto filter = filter_of(request, reply);
  if (!filter) return;
  const auto page = page_of(request, reply, {"meeting", "form", "region", "system", "state", "told"});
  if (!page) return;
  const auto records = context.store.list(*filter, page->after, page->size);
  json::Writer writer;
  writer.begin_object().key("requests").begin_array();
  for (const auto& record : records) writer.raw(json::request_view(record));
  writer.end_array();
  if (std::cmp_equal(records.size(), page->size)) writer.member("next_page_token", page_token(records.back().request.key));
  reply(json_response(200, writer.end_object().take()));
}

}  // namespace

std::vector<http::Route> request_routes(const Context& context) {
  using http::Method;
  const auto with = [&context](auto handler) {
    return [&context, handler](const http::Request& request, const http::Reply& reply) { handler(context, request, reply); };
  };
  return {
      {Method::post, "/v1/requests", "intake", with(post_request), single_limit},
      {Method::post, "/v1/requests/batch", "intake", with(post_batch), batch_limit},
      {Method::get, "/v1/requests", "read", with(list_requests)},
      {Method::get, "/v1/requests/{id}", "read", with(get_request)},
      {Method::get, "/v1/requests/{id}/history", "read", with(get_history)},
  };
}

}  // namespace salam::api
