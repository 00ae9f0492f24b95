#include <utility>

#include "gateway/api/context.h"
#include "gateway/domain/text.h"
#include "gateway/json/intake.h"
#include "gateway/json/meeting_views.h"
#include "gateway/json/writer.h"

namespace salam::api {
namespace {

void put_meeting(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto& id = request.parameters.at(0);
  if (!json::valid_meeting_id(id)) return refuse_parameter(request, reply, "id", "1 to 64 of A-Z a-z 0-9 . _ -");
  const auto document = document_of(request, reply);
  if (!document) return;
  const auto meeting = json::read_meeting(id, *document);
  if (!meeting) return refuse(request, reply, invalid_body(meeting.error()));
  context.store.put_meeting(
      *meeting, [&context, reply, view = json::meeting_view(*meeting), persian = request.wants_persian()](const Result<bool>& created) {
        if (!created) return reply(http::to_response({.code = created.error().code}, persian));
        context.deadlines_changed();
        reply(json_response(*created ? 201 : 200, view));
      });
}

void get_meeting(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto record = context.store.meeting_record(request.parameters.at(0));
  if (!record) return refuse(request, reply, {.code = "meeting_not_found"});
  reply(json_response(200, json::meeting_view(record->meeting, record->deadlines, context.clock.now())));
}

void list_meetings(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto page = page_of(request, reply, {"region"});
  std::optional<Region> region;
  if (!page || !read_region(request, reply, region)) return;
  const auto records = context.store.meetings(region, page->after, page->size);
  const auto now = context.clock.now();
  json::Writer writer;
  writer.begin_object().key("meetings").begin_array();
  for (const auto& record : records) writer.raw(json::meeting_view(record.meeting, record.deadlines, now));
  writer.end_array();
  if (std::cmp_equal(records.size(), page->size)) writer.member("next_page_token", page_token(records.back().key));
  reply(json_response(200, writer.end_object().take()));
}

/// Refuses by itself and returns nothing where a filter cannot be read.
std::optional<store::DeadlineFilter> deadline_filter(const http::Request& request, const http::Reply& reply) {
  store::DeadlineFilter filter;
  if (!read_region(request, reply, filter.region)) return {};
  if (const auto text = request.query_value("state")) {
    filter.state = parse_deadline_state(*text);
    if (!filter.state) {
      refuse_parameter(request, reply, "state", "one of open, met, missed");
      return {};
    }
  }
  if (const auto text = request.query_value("step")) {
    filter.step = parse_meeting_step(*text);
    if (!filter.step) {
      refuse_parameter(request, reply, "step", "one of registered, sorted, letter_sent, progress_reported, results_shown");
      return {};
    }
  }
  if (const auto text = request.query_value("officer")) filter.officer = normalise(*text);
  return filter;
}

void list_deadlines(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto page = page_of(request, reply, {"region", "state", "step", "officer"});
  if (!page) return;
  const auto filter = deadline_filter(request, reply);
  if (!filter) return;
  const auto deadlines = context.store.deadlines(*filter, page->after, page->size);
  const auto now = context.clock.now();
  json::Writer writer;
  writer.begin_object().key("deadlines").begin_array();
  for (const auto& [id, meeting, deadline] : deadlines) writer.raw(json::deadline_item(meeting, deadline, now));
  writer.end_array();
  if (std::cmp_equal(deadlines.size(), page->size)) writer.member("next_page_token", page_token(deadlines.back().id));
  reply(json_response(200, writer.end_object().take()));
}

http::Response step_answer(const Meeting& meeting, const store::StepOutcome& outcome, Timestamp now, bool persian) {
  using How = store::StepOutcome::How;
  const auto& met = outcome.deadline.met;
  if (outcome.how == How::taken) {
    return http::to_response({.code = "deadline_met", .members = {{"met_by", met->by}, {"met_at", to_rfc3339(met->at)}}}, persian);
  }
  auto response = json_response(200, json::deadline_view(meeting, outcome.deadline, now));
  if (outcome.how == How::replayed) response.headers.emplace_back("Idempotent-Replayed", "true");
  return response;
}

void step_done(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto document = document_of(request, reply);
  if (!document) return;
  auto body = json::read_step_done(*document);
  if (!body) return refuse(request, reply, invalid_body(body.error()));
  const auto meeting = context.store.meeting(request.parameters.at(0));
  if (!meeting) return refuse(request, reply, {.code = "meeting_not_found"});
  const auto step = parse_meeting_step(request.parameters.at(1));
  if (!step) return refuse(request, reply, {.code = "unknown_deadline"});
  const auto now = context.clock.now();
  const auto at = body->at.value_or(now);
  if (at > now || tehran_date(at) < meeting->date) {
    const auto expected = "a time from the meeting's day, " + to_string(meeting->date) + ", until now";
    return refuse(request, reply, invalid_body({{.pointer = "/at", .expected = expected}}));
  }
  context.store.step_done(
      {.meeting = meeting->id,
       .step = *step,
       .by = std::move(body->by),
       .at = body->at,
       .note = std::move(body->note),
       .key = request.caller.name},
      [&context, reply, meeting = *meeting, persian = request.wants_persian()](const Result<store::StepOutcome>& outcome) {
        if (!outcome) return reply(http::to_response({.code = outcome.error().code}, persian));
        reply(step_answer(meeting, *outcome, context.clock.now(), persian));
      });
}

}  // namespace

std::vector<http::Route> meeting_routes(const Context& context) {
  using http::Method;
  return {
      {Method::put, "/v1/meetings/{id}", "intake",
       [&context](const auto& request, const auto& reply) { put_meeting(context, request, reply); }},
      {Method::get, "/v1/meetings/{id}", "intake",
       [&context](const auto& request, const auto& reply) { get_meeting(context, request, reply); }},
      {Method::get, "/v1/meetings", "read", [&context](const auto& request, const auto& reply) { list_meetings(context, request, reply); }},
      {Method::post, "/v1/meetings/{id}/deadlines/{step}/met", "operate",
       [&context](const auto& request, const auto& reply) { step_done(context, request, reply); }},
      {Method::get, "/v1/deadlines", "read",
       [&context](const auto& request, const auto& reply) { list_deadlines(context, request, reply); }},
  };
}

}  // namespace salam::api
