#include "gateway/json/meeting_views.h"

#include "gateway/domain/text.h"
#include "gateway/json/parse.h"
#include "gateway/json/writer.h"

namespace salam::json {
namespace {

void write_place(Writer& writer, const Meeting& meeting) {
  writer.member("region", meeting.region.wire()).member("region_name", meeting.region.name());
  writer.member("mosque", meeting.mosque).member("date", to_string(meeting.date)).member("date_jalali", jalali_date(meeting.date));
}

void write_names(Writer& writer, std::string_view name, const std::optional<std::vector<std::string>>& names) {
  if (!names || names->empty()) return;
  writer.key(name).begin_array();
  for (const auto& one : *names) writer.string(one);
  writer.end_array();
}

void write_meeting(Writer& writer, const Meeting& meeting) {
  writer.member("id", meeting.id);
  write_place(writer, meeting);
  writer.member_if("manager", meeting.manager.value_or(""));
  write_names(writer, "addressees", meeting.addressees);
  write_names(writer, "invitees", meeting.invitees);
  if (meeting.forms_distributed) writer.member("forms_distributed", *meeting.forms_distributed);
  if (meeting.forms_collected) writer.member("forms_collected", *meeting.forms_collected);
}

/// People are told the last day, not the moment after it.
std::string last_day(const Deadline& deadline) { return jalali_date(tehran_date(deadline.due - Milliseconds{1})); }

void write_deadline(Writer& writer, const Meeting& meeting, const Deadline& deadline, Timestamp now) {
  writer.member("step", to_string(deadline.step)).member("name", name_for_people(deadline.step));
  writer.member("responsible", responsible_for(deadline.step)).member_if("officer", officer_for(deadline.step, meeting));
  writer.member("due", to_rfc3339(deadline.due)).member("due_jalali", last_day(deadline));
  writer.member("state", to_string(state_of(deadline, now)));
  if (const auto& met = deadline.met) {
    writer.member("met_by", met->by).member("met_at", to_rfc3339(met->at)).member("late", is_late(deadline)).member_if("note", met->note);
  }
}

}  // namespace

std::string meeting_view(const Meeting& meeting) {
  Writer writer;
  writer.begin_object();
  write_meeting(writer, meeting);
  return writer.end_object().take();
}

std::string meeting_view(const Meeting& meeting, const std::vector<Deadline>& deadlines, Timestamp now) {
  Writer writer;
  writer.begin_object();
  write_meeting(writer, meeting);
  writer.key("deadlines").begin_array();
  for (const auto& deadline : deadlines) writer.raw(deadline_view(meeting, deadline, now));
  return writer.end_array().end_object().take();
}

std::string deadline_view(const Meeting& meeting, const Deadline& deadline, Timestamp now) {
  Writer writer;
  writer.begin_object();
  write_deadline(writer, meeting, deadline, now);
  return writer.end_object().take();
}

std::string deadline_item(const Meeting& meeting, const Deadline& deadline, Timestamp now) {
  Writer writer;
  writer.begin_object().member("meeting", meeting.id);
  write_place(writer, meeting);
  write_deadline(writer, meeting, deadline, now);
  return writer.end_object().take();
}

std::string meeting_event_data(EventType type, const Meeting& meeting, const Deadline& deadline, bool personal_data) {
  Writer writer;
  writer.begin_object().member("meeting", meeting.id).member("region", meeting.region.wire()).member("mosque", meeting.mosque);
  writer.member("what", to_string(deadline.step)).member("due", to_rfc3339(deadline.due));
  writer.member("responsible", responsible_for(deadline.step));
  if (type == EventType::deadline_met && deadline.met) {
    writer.member("met_at", to_rfc3339(deadline.met->at)).member("late", is_late(deadline));
    if (personal_data) writer.member("person", deadline.met->by);
  } else if (personal_data) {
    writer.member_if("officer", officer_for(deadline.step, meeting));
  }
  return writer.end_object().take();
}

std::string slip_view(TrackingCode code, const Meeting& meeting) {
  Writer writer;
  writer.begin_object().key("requests").begin_array().end_array().key("slip").begin_object();
  writer.member("tracking_code", code.digits()).member("tracking_code_for_people", code.for_people()).member("mosque", meeting.mosque);
  writer.member("date", to_string(meeting.date)).member("date_jalali", jalali_date(meeting.date));
  writer.member(
      "words",
      "برگهٔ شما هنوز در سامانه وارد نشده است. پس از ورود، وضعیت درخواست با همین کد دیده می‌شود.");
  return writer.end_object().end_object().take();
}

std::string invitation_view(std::string_view meeting, const InvitationRecord& invitation) {
  const auto& [session, text, by] = invitation.draft;
  const auto& counts = invitation.counts;
  const auto parts = static_cast<std::int64_t>(sms_parts(text));
  Writer writer;
  writer.begin_object().member("meeting", meeting).member("version", invitation.version).member("text", text).member("parts", parts);
  writer.member("date", to_string(session.date)).member("date_jalali", jalali_date(session.date)).member_if("time", session.time);
  writer.member("place", session.place).member("by", by);
  writer.member("to_invite", counts.to_invite).member("parts_in_all", parts * counts.to_invite);
  writer.member("without_number", counts.without_number);
  if (const auto& approved = invitation.approved) {
    writer.member("approved_by", approved->by).member("approved_at", to_rfc3339(approved->at)).member("approved_text", approved->text);
  }
  writer.key("messages").begin_object().member("queued", counts.queued).member("sent", counts.sent);
  writer.member("delivered", counts.delivered).member("failed", counts.failed).member("uncertain", counts.uncertain);
  return writer.end_object().end_object().take();
}

std::string invitation_event_data(const Meeting& meeting, const InvitationRecord& approved, bool personal_data) {
  const auto& session = approved.draft.session;
  Writer writer;
  writer.begin_object().member("meeting", meeting.id).member("region", meeting.region.wire()).member("mosque", meeting.mosque);
  writer.member("date", to_string(session.date)).member_if("time", session.time).member("place", session.place);
  writer.member("invited", approved.counts.to_invite).member("without_number", approved.counts.without_number);
  if (personal_data && approved.approved) writer.member("person", approved.approved->by);
  return writer.end_object().take();
}

std::string names_text(const std::vector<std::string>& names) {
  Writer writer;
  writer.begin_array();
  for (const auto& name : names) writer.string(name);
  return writer.end_array().take();
}

std::vector<std::string> names_from(std::string_view text) {
  std::vector<std::string> names;
  const auto list = parse(text);
  if (!list || !list->IsArray()) return names;
  for (const auto& name : list->GetArray()) names.emplace_back(view_of(name));
  return names;
}

}  // namespace salam::json
