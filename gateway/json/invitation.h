#pragma once

#include <optional>
#include <string>

#include "gateway/domain/invitation.h"
#include "gateway/json/intake.h"

/// Bodies about a meeting's invitation, checked against their schema (`schemas/intake/`) and read into the domain, texts normalised.
namespace salam::json {

struct InvitationBody {
  Session session;                         ///< Without a place: the meeting's mosque.
  std::optional<InvitationTemplate> text;  ///< Unset: the one that is configured.
  std::string by;
};
Body<InvitationBody> read_invitation(const Value& body);

/// The name of the person who approves.
Body<std::string> read_invitation_approval(const Value& body);

}  // namespace salam::json
