#include "gateway/json/decisions.h"

#include <utility>

#include "gateway/json/body_reader.h"
#include "gateway/json/views.h"

namespace salam::json {
namespace {

constexpr std::size_t longest_answer = 6;  // SMS parts

lifecycle::Decider read_decider(BodyReader& reader) {
  return {.by = reader.required_text("/by"), .key = {}, .note = reader.text("/note"), .version = {}};
}

lifecycle::GivenAnswer read_given(BodyReader& reader) {
  lifecycle::GivenAnswer given;
  if (const auto channel = parse_answer_channel(reader.text("/channel"))) {
    given.channel = *channel;
  } else {
    reader.add("/channel", "phone, in_person or sms");
  }
  auto text = reader.text("/text");
  if (given.channel == AnswerChannel::sms) {
    if (text.empty()) reader.add("/text", "the text to send");
    if (sms_parts(text) > longest_answer) reader.add("/text", "a text of at most 6 SMS parts: 402 characters in Persian");
  }
  given.text = Sensitive(std::move(text));
  return given;
}

lifecycle::Assigning read_assigning(BodyReader& reader) {
  lifecycle::Assigning assigning;
  assigning.assignment.unit = reader.required_text("/unit");
  assigning.assignment.due = reader.date("/due");
  assigning.assignment.explanation = Sensitive(reader.text("/explanation"));
  assigning.assignment.note = reader.text("/note");
  assigning.category = reader.text("/category");
  return assigning;
}

/// RFC 7396; both are bounded by what `parse` lets through.
void merge(Value& target, const Value& patch, Document::AllocatorType& memory) {
  if (!patch.IsObject()) {
    target.CopyFrom(patch, memory);
    return;
  }
  if (!target.IsObject()) target.SetObject();
  for (const auto& [name, value] : patch.GetObject()) {
    const auto found = target.FindMember(name);
    if (value.IsNull()) {
      if (found != target.MemberEnd()) target.RemoveMember(found);
    } else if (found != target.MemberEnd()) {
      merge(found->value, value, memory);
    } else {
      target.AddMember(Value(name, memory), Value(), memory);
      merge(target[name], value, memory);
    }
  }
}

/// The request as an app would send it now.
Document as_intake(const Request& request) {
  auto document = parse(content_view(request.content)).value();
  auto& memory = document.GetAllocator();
  const auto& item = request.form_item;
  document.AddMember("meeting", Value(item.meeting, memory), memory);
  document.AddMember("form", Value(item.form, memory), memory);
  document.AddMember("item", item.item, memory);
  // The number as it was written is what is read, not what was understood of it.
  auto& citizen = document["citizen"];
  citizen.RemoveMember("mobile");
  if (const auto written = citizen.FindMember("mobile_as_written"); written != citizen.MemberEnd()) {
    citizen.AddMember("mobile", Value(written->value, memory), memory);
    citizen.RemoveMember("mobile_as_written");
  }
  return document;
}

}  // namespace

Body<AnswerBody> read_answer(const Value& body) {
  if (auto errors = schema("intake/answer").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  AnswerBody read{.answer = read_given(reader), .decider = read_decider(reader)};
  if (!reader.good()) return reader.take_errors();
  return read;
}

Body<ReviewBody> read_review(const Value& body) {
  if (auto errors = schema("intake/review").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  ReviewBody read{.verdict = {}, .decider = read_decider(reader)};
  auto& verdict = read.verdict;
  verdict.decision = *parse_review_decision(reader.text("/decision"));
  verdict.category = reader.text("/category");
  if (verdict.decision == ReviewDecision::answered) verdict.answer = read_given(reader);
  if (verdict.decision == ReviewDecision::twin) verdict.twin = reader.required_text("/twin");
  if (!reader.good()) return reader.take_errors();
  return read;
}

Body<AssignmentBody> read_assignment(const Value& body) {
  if (auto errors = schema("intake/assignment").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  AssignmentBody read{.assigning = read_assigning(reader), .decider = read_decider(reader)};
  if (!reader.good()) return reader.take_errors();
  return read;
}

Body<MeetingAssignments> read_meeting_assignments(const Value& body) {
  if (auto errors = schema("intake/meeting_assignments").check(body); !errors.empty()) return errors;
  BodyReader whole(body);
  MeetingAssignments read{.decider = read_decider(whole), .assignments = {}};
  auto errors = whole.take_errors();
  for (const auto& item : member(body, "assignments")->GetArray()) {
    BodyReader reader(item, "/assignments/" + std::to_string(read.assignments.size()));
    read.assignments.push_back({.form = latin_digits(reader.required_text("/form")),
                                .item = static_cast<int>(reader.number("/item").value_or(1)),
                                .assigning = read_assigning(reader)});
    for (auto& error : reader.take_errors()) errors.push_back(std::move(error));
  }
  if (!errors.empty()) return errors;
  return read;
}

Body<lifecycle::Decider> read_withdrawal(const Value& body) {
  if (auto errors = schema("intake/withdrawal").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  auto decider = read_decider(reader);
  decider.note = reader.required_text("/reason");
  if (!reader.good()) return reader.take_errors();
  return decider;
}

Body<CorrectionBody> read_correction(const Request& request, const Value& body) {
  if (auto errors = schema("intake/correction").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  auto decider = read_decider(reader);
  if (!reader.good()) return reader.take_errors();
  auto document = as_intake(request);
  auto& memory = document.GetAllocator();
  Value patch(body, memory);
  patch.RemoveMember("by");
  patch.RemoveMember("note");
  merge(document, patch, memory);
  auto intake = read_intake(document);
  if (!intake) return std::move(intake).error();
  return CorrectionBody{.content = intake->content(request.content.region), .decider = std::move(decider)};
}

Body<SearchBody> read_search(const Value& body) {
  if (auto errors = schema("intake/search").check(body); !errors.empty()) return errors;
  BodyReader reader(body);
  SearchBody search{.name = reader.text("/name"),
                    .text = reader.text("/text"),
                    .meeting = reader.text("/meeting"),
                    .region = reader.region(),
                    .page_size = static_cast<int>(reader.number("/page_size").value_or(100)),
                    .page_token = reader.text("/page_token")};
  if (const auto written = reader.text("/mobile"); !written.empty()) {
    search.mobile = parse_mobile(written).value_or("");
    if (search.mobile.empty()) reader.add("/mobile", "an Iranian mobile number");
  }
  if (const auto written = reader.text("/national_id"); !written.empty()) {
    search.national_id = parse_national_id(written).value_or("");
    if (search.national_id.empty()) reader.add("/national_id", "ten digits with a right check digit");
  }
  if (search.mobile.empty() && search.national_id.empty() && search.name.empty() && search.text.empty() && reader.good()) {
    reader.add("", "at least one of mobile, national_id, name and text");
  }
  if (!reader.good()) return reader.take_errors();
  return search;
}

}  // namespace salam::json
