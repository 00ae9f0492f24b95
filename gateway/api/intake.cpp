#include "gateway/api/intake.h"

#include <utility>

#include "gateway/json/intake.h"

namespace salam::api {
namespace {

/// W3C Trace Context, version 00; anything else is dropped, as the standard wants.
std::string traceparent_of(const http::Request& request) {
  constexpr std::string_view shape = "00-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";
  const auto text = request.header("traceparent");
  if (text.size() != shape.size()) return {};
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (shape[i] == 'x' ? !hex : text[i] != shape[i]) return {};
  }
  return std::string(text);
}

/// A body that may be taken in, and the meeting it belongs to.
struct Read {
  json::IntakeBody body;
  Meeting meeting;
};
Result<Read, http::Problem> read(const Context& context, const json::Value& value) {
  auto body = json::read_intake(value);
  if (!body) return invalid_body(body.error());
  auto meeting = context.store.meeting(body->form_item.meeting);
  if (!meeting) {
    return http::Problem{.code = "unknown_meeting",
                         .errors = {{.pointer = "/meeting", .expected = "a meeting made known by PUT /v1/meetings/{id}"}}};
  }
  return Read{.body = std::move(*body), .meeting = std::move(*meeting)};
}

IntakeOutcome told(const Context& context, store::AcceptOutcome outcome, std::string_view original, Region meeting_region) {
  if (auto* accepted = std::get_if<store::Accepted>(&outcome)) {
    context.added(std::move(accepted->tasks));
    return TakenIn{.record = std::move(accepted->record)};
  }
  if (auto* replayed = std::get_if<store::Replayed>(&outcome)) return TakenIn{.record = std::move(replayed->record), .replayed = true};
  if (auto* conflict = std::get_if<store::Conflict>(&outcome)) {
    return Differs{.record = std::move(conflict->record), .fields = json::differing_fields(original, conflict->original, meeting_region)};
  }
  return http::Problem{.code = std::get<Error>(outcome).code};
}

/// The request that stands under this form item.
std::optional<Record> standing(store::Store& store, const FormItem& form_item) {
  constexpr int most_items = 99;
  for (auto& record : store.list({.meeting = form_item.meeting, .form = form_item.form}, 0, most_items)) {
    if (record.request.form_item == form_item) return std::move(record);
  }
  return {};
}

}  // namespace

Sender sender_of(const http::Request& request) { return {.name = request.caller.name, .traceparent = traceparent_of(request)}; }

std::string location_of(const Request& request) { return "/v1/requests/" + request.id.to_string(); }

void take_in(const Context& context, const Sender& sender, const json::Value& value, std::string original,
             const std::function<void(IntakeOutcome)>& answer) {
  const auto read = api::read(context, value);
  if (!read) return answer(read.error());
  const auto& [body, meeting] = *read;
  auto content = body.content(meeting.region);
  auto route = context.rules()->decide({.region = content.region,
                                        .kind = content.kind,
                                        .category = content.category,
                                        .subject = content.subject.reveal(),
                                        .description = content.description.reveal()});
  const auto mobile = content.citizen.mobile;
  store::Intake intake{
      .form_item = body.form_item,
      .received_from = sender.name,
      .original = std::move(original),
      .fingerprint = "1:" + context.store.keyed_hash("fingerprint", json::canonical(body.form_item, content)),
      .content = std::move(content),
      .route = std::move(route),
      .citizen_hash = mobile ? context.store.keyed_hash("citizen", mobile->reveal()) : std::string{},
      .traceparent = sender.traceparent,
      .first_change = [policy = &context.policy,
                       moment = lifecycle::Moment{.now = context.clock.now(), .random_bits = context.random.bits()},
                       awaits_attachments = body.attachments != 0](
                          Request fresh) { return lifecycle::received(std::move(fresh), *policy, moment, awaits_attachments); },
  };
  auto sent = intake.original;
  context.store.accept(std::move(intake), [&context, answer, sent = std::move(sent), region = meeting.region](
                                              store::AcceptOutcome outcome) { answer(told(context, std::move(outcome), sent, region)); });
}

IntakeForecast foresee(const Context& context, const json::Value& value, std::string_view original) {
  const auto read = api::read(context, value);
  if (!read) return read.error();
  auto found = standing(context.store, read->body.form_item);
  if (!found) return Fresh{.form_item = read->body.form_item, .content = read->body.content(read->meeting.region)};
  auto fields = json::differing_fields(original, context.store.original(found->request.key), read->meeting.region);
  if (fields.empty()) return TakenIn{.record = std::move(*found), .replayed = true};
  return Differs{.record = std::move(*found), .fields = std::move(fields)};
}

}  // namespace salam::api
