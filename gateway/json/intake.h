#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/domain/lifecycle.h"
#include "gateway/domain/meeting.h"
#include "gateway/domain/request.h"
#include "gateway/json/schema.h"

/// Bodies of the API, checked against their schema (`schemas/intake/`) and read into the domain, texts normalised. Every error names its
/// place; null reads as absent.
namespace salam::json {

template <class T>
using Body = Result<T, FieldErrors>;

/// One request as it came: all but the region, which the meeting may have to fill in.
struct IntakeBody {
  FormItem form_item;
  std::optional<Region> region;
  Kind kind = Kind::request;
  std::string category;
  Sensitive<std::string> subject;
  Sensitive<std::string> description;
  Citizen citizen;
  Sensitive<std::string> address;
  std::optional<Coordinates> coordinates;
  std::optional<int> attachments;  ///< So many are announced; no part of the content.

  [[nodiscard]] Content content(Region meeting_region) const;
};
/// A mobile number or national ID that is none does not refuse the request: the number stays as written, the ID is left out.
Body<IntakeBody> read_intake(const Value& body);

/// How many attachments a request announced, from its body as it came.
std::optional<int> announced_attachments(std::string_view original);

/// The items of a batch, each still to be read by `read_intake`. They live as long as `body`.
Body<std::vector<const Value*>> read_batch(const Value& body);

/// The id of a meeting, as it stands in a path.
bool valid_meeting_id(std::string_view id);
/// `id` is valid.
Body<Meeting> read_meeting(std::string_view id, const Value& body);

/// That a step was done, by whom, and when if that is said.
struct StepDoneBody {
  std::string by;
  std::optional<Timestamp> at;
  std::string note;
};
Body<StepDoneBody> read_step_done(const Value& body);

/// Of forms to print.
struct FormNumbers {
  std::int64_t from = 0;
  int count = 0;
};
Body<FormNumbers> read_form_numbers(const Value& body);

Body<lifecycle::Settlement> read_settlement(const Value& body);

/// A person's decision about the event that the broker refuses for good.
struct EventRelease {
  std::int64_t position = 0;  ///< In the outbox.
  std::string by;
  bool skip = false;  ///< Leave it out of the log; else try it again.
};
Body<EventRelease> read_event_release(const Value& body);

/// A link in place of a file. It is as written: whether it may be handed on is not looked at here.
struct AttachmentLink {
  std::string url;
  std::string name;
};
Body<AttachmentLink> read_attachment_link(const Value& body);

/// A request that is not made, only asked about.
struct RoutingQuestion {
  Region region;
  Kind kind = Kind::request;
  std::string category;
  std::string subject;
  std::string description;

  /// Looks into this question.
  [[nodiscard]] RoutingFacts facts() const {
    return {.region = region, .kind = kind, .category = category, .subject = subject, .description = description};
  }
};
Body<RoutingQuestion> read_routing_question(const Value& body);

/// The canonical form of a request, for its fingerprint: one JSON object, members in a fixed order, everything normalised; the same for the
/// same content whichever app sent it.
std::string canonical(const FormItem& form_item, const Content& content);

/// JSON Pointers of what differs between two bodies as they came, compared in their canonical forms. One pointer to the whole (``) where
/// either cannot be read.
std::vector<std::string> differing_fields(std::string_view original_a, std::string_view original_b, Region meeting_region);

}  // namespace salam::json
