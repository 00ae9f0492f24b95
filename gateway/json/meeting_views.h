#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/domain/change.h"
#include "gateway/domain/deadlines.h"
#include "gateway/domain/invitation.h"
#include "gateway/domain/meeting.h"
#include "gateway/domain/tracking_code.h"

/// Meetings and their deadlines as the API, the events and the store write them: compact JSON.
namespace salam::json {

/// As it was put.
std::string meeting_view(const Meeting& meeting);
/// With its deadlines as they stand now.
std::string meeting_view(const Meeting& meeting, const std::vector<Deadline>& deadlines, Timestamp now);

std::string deadline_view(const Meeting& meeting, const Deadline& deadline, Timestamp now);
/// In a list over meetings: with id, region, mosque and date of its own.
std::string deadline_item(const Meeting& meeting, const Deadline& deadline, Timestamp now);

/// The data of a meeting's event, as `schemas/events/` describes it. Names of people only with `personal_data`.
std::string meeting_event_data(EventType type, const Meeting& meeting, const Deadline& deadline, bool personal_data);

/// For the holder of a printed form's code, from which nothing was typed in yet.
std::string slip_view(TrackingCode code, const Meeting& meeting);
/// Without the names of those who are invited.
std::string invitation_view(std::string_view meeting, const InvitationRecord& invitation);
/// The data of the event that it was approved.
std::string invitation_event_data(const Meeting& meeting, const InvitationRecord& approved, bool personal_data);

/// A list of names as one text, and back.
std::string names_text(const std::vector<std::string>& names);
std::vector<std::string> names_from(std::string_view text);

}  // namespace salam::json
