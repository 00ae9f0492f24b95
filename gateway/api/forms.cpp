#include <algorithm>
#include <utility>

#include "gateway/api/context.h"
#include "gateway/api/media_types.h"
#include "gateway/domain/text.h"
#include "gateway/json/intake.h"
#include "gateway/json/writer.h"

namespace salam::api {
namespace {

/// Pages that are made at the same time: each may take some megabytes.
constexpr std::size_t pages_at_once = 4;

void write_form(json::Writer& writer, const PrintedForm& form) {
  writer.member("form", form.form).member("tracking_code", form.code.digits());
  writer.member("tracking_code_for_people", form.code.for_people());
}

std::string forms_view(const std::string& meeting, const std::vector<PrintedForm>& forms) {
  json::Writer writer;
  writer.begin_object().member("meeting", meeting).key("forms").begin_array();
  for (const auto& form : forms) {
    writer.begin_object();
    write_form(writer, form);
    writer.end_object();
  }
  return writer.end_array().end_object().take();
}

http::Response page_of_forms(const Context& context, const Meeting& meeting, const std::vector<PrintedForm>& forms) {
  return {.status = 200,
          .content_type = "text/html; charset=utf-8",
          .headers = {},
          .body = context.printing.form.render(meeting, forms, context.printing.tracking)};
}

void print_forms(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto document = document_of(request, reply);
  if (!document) return;
  const auto numbers = json::read_form_numbers(*document);
  if (!numbers) return refuse(request, reply, invalid_body(numbers.error()));
  auto meeting = context.store.meeting(request.parameters.at(0));
  if (!meeting) return refuse(request, reply, {.code = "meeting_not_found"});
  store::FormsToPrint wanted{.meeting = meeting->id, .forms = {}};
  for (int i = 0; i < numbers->count; ++i) wanted.forms.push_back(std::to_string(numbers->from + i));
  context.store.print_forms(wanted, [&context, reply, page = request.accepts(media_type::html), persian = request.wants_persian(),
                                     meeting = std::move(*meeting)](store::PrintOutcome outcome) {
    if (const auto* error = std::get_if<Error>(&outcome)) return reply(http::to_response({.code = error->code}, persian));
    if (const auto* used = std::get_if<store::FormInUse>(&outcome)) {
      return reply(http::to_response({.code = "form_in_use", .members = {{"form", used->form}}}, persian));
    }
    auto forms = std::get<std::vector<PrintedForm>>(std::move(outcome));
    if (!page) return reply(json_response(200, forms_view(meeting.id, forms)));
    context.aside([&context, reply, meeting, forms = std::move(forms)] { reply(page_of_forms(context, meeting, forms)); });
  });
}

void list_forms(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto page = page_of(request, reply);
  if (!page) return;
  const auto& meeting = request.parameters.at(0);
  if (!context.store.meeting(meeting)) return refuse(request, reply, {.code = "meeting_not_found"});
  const auto rows = context.store.printed_forms(meeting, page->after, page->size);
  json::Writer writer;
  writer.begin_object().member("meeting", meeting).key("forms").begin_array();
  for (const auto& row : rows) {
    writer.begin_object();
    write_form(writer, row.form);
    writer.member("printed_at", to_rfc3339(row.printed_at)).end_object();
  }
  writer.end_array();
  if (std::cmp_equal(rows.size(), page->size)) writer.member("next_page_token", page_token(rows.back().id));
  reply(json_response(200, writer.end_object().take()));
}

}  // namespace

std::vector<http::Route> form_routes(const Context& context) {
  using http::Method;
  return {
      {.method = Method::post,
       .path = "/v1/meetings/{id}/forms",
       .scope = "operate",
       .handler = [&context](const auto& request, const auto& reply) { print_forms(context, request, reply); },
       .places = http::Places::of(pages_at_once)},
      {.method = Method::get,
       .path = "/v1/meetings/{id}/forms",
       .scope = "read",
       .handler = [&context](const auto& request, const auto& reply) { list_forms(context, request, reply); }},
  };
}

}  // namespace salam::api
