#include "gateway/json/views.h"

#include "gateway/json/writer.h"

namespace salam::json {
namespace {

void time_if(Writer& writer, std::string_view name, const std::optional<Timestamp>& time) {
  if (time) writer.member(name, to_rfc3339(*time));
}

void form_item(Writer& writer, const FormItem& form_item) {
  writer.member("meeting", form_item.meeting).member("form", form_item.form).member("item", form_item.item);
}

void codes(Writer& writer, const TrackingCode& code) {
  writer.member("tracking_code", code.digits()).member("tracking_code_for_people", code.for_people());
}

void citizen(Writer& writer, const Citizen& citizen) {
  writer.key("citizen").begin_object().member_if("name", citizen.name.reveal());
  if (citizen.mobile) writer.member("mobile", citizen.mobile->reveal());
  writer.member_if("mobile_as_written", citizen.mobile_as_written.reveal());
  writer.member_if("national_id", citizen.national_id.reveal()).end_object();
}

void place(Writer& writer, const Content& content) {
  writer.key("place").begin_object().member_if("address", content.address.reveal());
  if (content.coordinates) {
    writer.key("coordinates").begin_object();
    writer.key("latitude").number(content.coordinates->latitude);
    writer.key("longitude").number(content.coordinates->longitude).end_object();
  }
  writer.end_object();
}

void content(Writer& writer, const Content& content) {
  writer.member("region", content.region.wire()).member("kind", to_string(content.kind)).member_if("category", content.category);
  writer.member("subject", content.subject.reveal()).member("description", content.description.reveal());
  citizen(writer, content.citizen);
  place(writer, content);
}

void route(Writer& writer, const RoutingDecision& route) {
  writer.key("route").begin_object().member("system", to_string(route.system)).member("rule", route.rule);
  writer.member("digest", route.digest).member_if("category", route.category).end_object();
}

void registration(Writer& writer, const Registration& registration) {
  writer.key("registration").begin_object().member("state", to_string(registration.state));
  writer.member("system", to_string(registration.system)).member_if("code", registration.code);
  time_if(writer, "registered_at", registration.registered_at);
  writer.member("attempts", registration.attempts).member_if("reason", registration.reason).end_object();
}

void told(Writer& writer, const std::optional<Told>& told) {
  if (!told) return;
  writer.key("told").begin_object().member("by", to_string(told->by)).member("code", told->code);
  writer.member("at", to_rfc3339(told->at)).member_if("person", told->person).end_object();
}

void attention(Writer& writer, const Request& request) {
  writer.key("attention").begin_array();
  for (const auto reason : request.attention) writer.string(to_string(reason));
  writer.end_array();
}

void messages(Writer& writer, const std::vector<Message>& messages) {
  writer.key("messages").begin_array();
  for (const auto& message : messages) {
    writer.begin_object().member("kind", to_string(message.kind)).member_if("code", message.code);
    writer.member("state", to_string(message.state));
    writer.member("parts", message.parts).member("attempts", message.attempts).member("created_at", to_rfc3339(message.created_at));
    time_if(writer, "sent_at", message.sent_at);
    writer.member_if("provider", message.provider);
    if (message.sent_twice) writer.member("sent_twice", true);
    writer.member_if("reason", message.reason).end_object();
  }
  writer.end_array();
}

/// Where a request stands, for those who need no more.
void standing(Writer& writer, const Request& request) {
  if (request.registration.state != RegistrationState::registered) return;
  writer.key("registered").begin_object().member("system", to_string(request.registration.system));
  writer.member("system_name", name_for_people(request.registration.system)).member("code", request.registration.code);
  time_if(writer, "at", request.registration.registered_at);
  writer.end_object();
}

/// `words`: the system's own are for officers.
void progress(Writer& writer, const Request& request, bool words) {
  if (request.registration.state != RegistrationState::registered) return;
  const auto& follow_up = request.follow_up;
  writer.key("progress").begin_object().member("state", to_string(follow_up.progress));
  writer.member("state_name", name_for_people(follow_up.progress));
  time_if(writer, "at", follow_up.changed_at);
  if (words) writer.member_if("words", follow_up.words);
  writer.end_object();
}

void attachment(Writer& writer, const Attachment& attachment) {
  writer.begin_object().member("digest", attachment.digest);
  if (attachment.is_link()) {
    writer.member("url", attachment.url.reveal());
  } else {
    writer.member("media_type", attachment.media_type).member("size", static_cast<std::int64_t>(attachment.size));
  }
  writer.member_if("name", attachment.name.reveal()).member("added_at", to_rfc3339(attachment.added_at));
  writer.member("added_by", attachment.added_by).end_object();
}

void attachments(Writer& writer, const std::vector<Attachment>& attachments) {
  writer.key("attachments").begin_array();
  for (const auto& one : attachments) attachment(writer, one);
  writer.end_array();
}

void decided(Writer& writer, std::string_view by, Timestamp at) { writer.member("by", by).member("at", to_rfc3339(at)).end_object(); }

void assignment(Writer& writer, const Assignment& assignment) {
  writer.key("assignment").begin_object().member("unit", assignment.unit);
  if (assignment.due) writer.member("due", to_string(*assignment.due)).member("due_jalali", jalali_date(*assignment.due));
  writer.member_if("explanation", assignment.explanation.reveal()).member_if("note", assignment.note);
  decided(writer, assignment.by, assignment.at);
}

/// What its system was told, or is still to be told, of what changed since the registration.
void amendment(Writer& writer, const Amendment& amendment) {
  if (amendment.number == 0) return;
  writer.key("amendment").begin_object().member("number", amendment.number).member("state", to_string(amendment.state));
  writer.key("fields").begin_array();
  for (std::size_t field = 0; field < field_count; ++field) {
    if ((amendment.fields | amendment.under_way).test(field)) writer.string(to_string(static_cast<Field>(field)));
  }
  writer.end_array().member_if("reason", amendment.reason).end_object();
}

void handling(Writer& writer, const Case& handling) {
  const auto& [review_due, review, assigned, answer, closure, amended, attachments_told] = handling;
  time_if(writer, "review_due", review_due);
  if (review) {
    writer.key("review").begin_object().member("decision", to_string(review->decision));
    decided(writer, review->by, review->at);
  }
  if (assigned) assignment(writer, *assigned);
  if (answer) {
    writer.key("answer").begin_object().member("channel", to_string(answer->channel)).member_if("text", answer->text.reveal());
    decided(writer, answer->by, answer->at);
  }
  if (closure) {
    writer.key("closed").begin_object().member("reason", to_string(closure->reason)).member_if("twin", closure->twin);
    decided(writer, closure->by, closure->at);
  }
  amendment(writer, amended);
}

/// By when the citizen must be answered.
void due(Writer& writer, const Request& request) {
  writer.member("answered", is_answered(request));
  if (!request.due) return;
  writer.member("due", to_rfc3339(*request.due)).member("due_stage", to_string(request.due_stage));
}

/// The object is left open.
void whole_request(Writer& writer, const Record& record) {
  const auto& request = record.request;
  writer.begin_object().member("id", request.id.to_string());
  codes(writer, request.code);
  writer.member("state", state_of(request)).member("version", request.version);
  form_item(writer, request.form_item);
  writer.member("received_at", to_rfc3339(request.received_at)).member("received_from", request.received_from);
  content(writer, request.content);
  route(writer, request.route);
  registration(writer, request.registration);
  progress(writer, request, true);
  handling(writer, request.handling);
  due(writer, request);
  told(writer, request.told);
  attention(writer, request);
  messages(writer, record.messages);
}

}  // namespace

std::string request_view(const Record& record) {
  Writer writer;
  whole_request(writer, record);
  return writer.end_object().take();
}

std::string request_view(const Record& record, const std::vector<Attachment>& attached) {
  Writer writer;
  whole_request(writer, record);
  attachments(writer, attached);
  return writer.end_object().take();
}

std::string content_view(const Content& shown) {
  Writer writer;
  writer.begin_object();
  content(writer, shown);
  return writer.end_object().take();
}

std::string attachment_view(const Attachment& attached) {
  Writer writer;
  attachment(writer, attached);
  return writer.take();
}

std::string attachments_view(const std::vector<Attachment>& attached) {
  Writer writer;
  writer.begin_object();
  attachments(writer, attached);
  return writer.end_object().take();
}

std::string receipt_view(const Request& request) {
  Writer writer;
  writer.begin_object().member("id", request.id.to_string());
  codes(writer, request.code);
  writer.member("state", state_of(request));
  form_item(writer, request.form_item);
  standing(writer, request);
  return writer.end_object().take();
}

std::string track_view(const Request& request) {
  Writer writer;
  writer.begin_object();
  codes(writer, request.code);
  writer.member("state", state_of(request)).member("region", request.content.region.wire());
  writer.member("region_name", request.content.region.name()).member("kind", to_string(request.content.kind));
  writer.member("received_at", to_rfc3339(request.received_at)).member("received_on", jalali_date(tehran_date(request.received_at)));
  standing(writer, request);
  progress(writer, request, false);
  return writer.end_object().take();
}

}  // namespace salam::json
