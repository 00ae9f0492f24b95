#include "gateway/json/intake.h"

#include <algorithm>
#include <utility>

#include "gateway/domain/text.h"
#include "gateway/json/body_reader.h"
#include "gateway/json/writer.h"

namespace salam::json {
namespace {

Citizen read_citizen(const BodyReader& reader) {
  Citizen citizen{.name = Sensitive(reader.text("/citizen/name")), .mobile_as_written = Sensitive(reader.text("/citizen/mobile"))};
  if (auto mobile = parse_mobile(citizen.mobile_as_written.reveal())) citizen.mobile = Sensitive(*std::move(mobile));
  citizen.national_id = Sensitive(parse_national_id(reader.text("/citizen/national_id")).value_or(""));
  return citizen;
}

std::optional<Coordinates> read_coordinates(const BodyReader& reader) {
  const auto latitude = reader.number("/place/coordinates/latitude");
  const auto longitude = reader.number("/place/coordinates/longitude");
  if (!latitude || !longitude) return std::nullopt;
  return Coordinates{.latitude = *latitude, .longitude = *longitude};
}

std::optional<int> count_at(const Value& object, std::string_view name) {
  const auto* const value = member(object, name);
  return value != nullptr && value->IsInt() ? std::optional(value->GetInt()) : std::nullopt;
}

using Fields = std::vector<std::pair<std::string_view, std::string>>;

/// By JSON Pointer, in the order of the schema. A mobile number that was understood counts, else what was written.
Fields canonical_fields(const FormItem& form_item, const Content& content) {
  const auto& citizen = content.citizen;
  const auto mobile = citizen.mobile ? citizen.mobile->reveal() : matching_form(citizen.mobile_as_written.reveal());
  std::string coordinates;
  if (content.coordinates) {
    Writer writer;
    writer.begin_array().number(content.coordinates->latitude).number(content.coordinates->longitude).end_array();
    coordinates = writer.take();
  }
  return {{"/meeting", form_item.meeting},
          {"/form", form_item.form},
          {"/item", std::to_string(form_item.item)},
          {"/region", content.region.wire()},
          {"/kind", std::string(to_string(content.kind))},
          {"/category", content.category},
          {"/subject", content.subject.reveal()},
          {"/description", content.description.reveal()},
          {"/citizen/name", citizen.name.reveal()},
          {"/citizen/mobile", mobile},
          {"/citizen/national_id", citizen.national_id.reveal()},
          {"/place/address", content.address.reveal()},
          {"/place/coordinates", coordinates}};
}

std::optional<Fields> canonical_fields(std::string_view original, Region meeting_region) {
  const auto document = parse(original);
  if (!document.ok()) return std::nullopt;
  const auto body = read_intake(*document);
  if (!body.ok()) return std::nullopt;
  return canonical_fields(body->form_item, body->content(meeting_region));
}

}  // namespace

Content IntakeBody::content(Region meeting_region) const {
  return {.region = region.value_or(meeting_region),
          .kind = kind,
          .category = category,
          .subject = subject,
          .description = description,
          .citizen = citizen,
          .address = address,
          .coordinates = coordinates};
}

Body<IntakeBody> read_intake(const Value& body) {
  if (auto errors = schema("intake/request").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  IntakeBody intake;
  intake.form_item.meeting = reader.text("/meeting");
  intake.form_item.form = latin_digits(reader.text("/form"));
  intake.form_item.item = static_cast<int>(reader.number("/item").value_or(1));
  intake.region = reader.region();
  intake.kind = reader.kind();
  intake.category = reader.text("/category");
  intake.subject = Sensitive(reader.required_text("/subject"));
  intake.description = Sensitive(reader.required_text("/description"));
  intake.citizen = read_citizen(reader);
  intake.address = Sensitive(reader.text("/place/address"));
  intake.coordinates = read_coordinates(reader);
  intake.attachments = count_at(body, "attachments");
  if (!reader.good()) return reader.take_errors();
  return intake;
}

std::optional<int> announced_attachments(std::string_view original) {
  const auto document = parse(original);
  return document && document->IsObject() ? count_at(*document, "attachments") : std::nullopt;
}

Body<std::vector<const Value*>> read_batch(const Value& body) {
  if (auto errors = schema("intake/request_batch").check(body); !errors.empty()) return errors;
  std::vector<const Value*> items;
  for (const auto& item : member(body, "requests")->GetArray()) items.push_back(&item);
  return items;
}

bool valid_meeting_id(std::string_view id) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !id.empty() && id.size() <= 64 && id.find_first_not_of(allowed) == std::string_view::npos;
}

Body<Meeting> read_meeting(std::string_view id, const Value& body) {
  if (auto errors = schema("intake/meeting").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  const auto region = reader.region();
  auto mosque = reader.required_text("/mosque");
  reader.required_text("/date");
  const auto date = reader.date("/date");
  auto addressees = reader.names("addressees");
  auto invitees = reader.names("invitees");
  if (!reader.good()) return reader.take_errors();
  return Meeting{.id = std::string(id),
                 .region = *region,
                 .mosque = std::move(mosque),
                 .date = *date,
                 .manager = reader.optional_text("manager"),
                 .addressees = std::move(addressees),
                 .invitees = std::move(invitees),
                 .forms_distributed = reader.integer("forms_distributed"),
                 .forms_collected = reader.integer("forms_collected")};
}

Body<StepDoneBody> read_step_done(const Value& body) {
  if (auto errors = schema("intake/deadline_met").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  StepDoneBody done{.by = reader.required_text("/by"), .at = {}, .note = reader.text("/note")};
  if (const auto at = reader.optional_text("at")) {
    done.at = parse_rfc3339(*at);
    if (!done.at) reader.add("/at", "a time in RFC 3339, such as 2026-11-24T18:30:00+03:30");
  }
  if (!reader.good()) return reader.take_errors();
  return done;
}

Body<FormNumbers> read_form_numbers(const Value& body) {
  if (auto errors = schema("intake/forms").check(body); !errors.empty()) return errors;
  return FormNumbers{.from = member(body, "from")->GetInt64(), .count = member(body, "count")->GetInt()};
}

Body<lifecycle::Settlement> read_settlement(const Value& body) {
  if (auto errors = schema("intake/settle").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  lifecycle::Settlement settlement;
  settlement.action = *parse_settle_action(reader.text("/action"));
  settlement.by = reader.required_text("/by");
  settlement.system = parse_system(reader.text("/system"));
  settlement.code = latin_digits(reader.text("/code"));
  settlement.note = reader.text("/note");
  if (settlement.action == SettleAction::registered && settlement.code.empty()) {
    reader.add("/code", "missing: the system's code, since it is registered there");
  }
  if (!reader.good()) return reader.take_errors();
  return settlement;
}

Body<EventRelease> read_event_release(const Value& body) {
  if (auto errors = schema("intake/event_release").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  const auto* const skip = member(body, "skip");
  EventRelease release{
      .position = member(body, "position")->GetInt64(), .by = reader.required_text("/by"), .skip = skip != nullptr && skip->IsTrue()};
  if (!reader.good()) return reader.take_errors();
  return release;
}

Body<AttachmentLink> read_attachment_link(const Value& body) {
  if (auto errors = schema("intake/attachment_link").check(body); !errors.empty()) return errors;
  return AttachmentLink{.url = string_at(body, "url").value_or(""), .name = string_at(body, "name").value_or("")};
}

Body<RoutingQuestion> read_routing_question(const Value& body) {
  if (auto errors = schema("intake/routing_explain").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  const auto region = reader.region();
  if (!region) return reader.take_errors();
  return RoutingQuestion{.region = *region,
                         .kind = reader.kind(),
                         .category = reader.text("/category"),
                         .subject = reader.text("/subject"),
                         .description = reader.text("/description")};
}

std::string canonical(const FormItem& form_item, const Content& content) {
  Writer writer;
  writer.begin_object();
  for (const auto& [pointer, text] : canonical_fields(form_item, content)) writer.member(pointer, text);
  return writer.end_object().take();
}

std::vector<std::string> differing_fields(std::string_view original_a, std::string_view original_b, Region meeting_region) {
  const auto a = canonical_fields(original_a, meeting_region);
  const auto b = canonical_fields(original_b, meeting_region);
  if (!a || !b) return {""};
  std::vector<std::string> pointers;
  for (std::size_t i = 0; i < a->size(); ++i) {
    if ((*a)[i].second != (*b)[i].second) pointers.emplace_back((*a)[i].first);
  }
  return pointers;
}

}  // namespace salam::json
