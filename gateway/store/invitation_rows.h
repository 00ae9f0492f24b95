#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/domain/invitation.h"
#include "gateway/domain/request.h"
#include "gateway/store/database.h"

/// Meetings' invitations and whom they go to, between rows and the domain's values.
namespace salam::store {

std::optional<InvitationRecord> load_invitation(Database& database, std::int64_t meeting);
void put_invitation(Database& database, std::int64_t meeting, const Invitation& invitation);
/// From now on it is written.
void approve_invitation(Database& database, std::int64_t meeting, const InvitationApproval& approval);

/// One that was approved and is not written to all.
struct OpenInvitation {
  std::int64_t meeting = 0;
  std::string text;
};
std::optional<OpenInvitation> open_invitation(Database& database);
/// The first request of each number that is to be invited.
std::vector<RequestKey> load_uninvited(Database& database, std::int64_t meeting, int limit);
/// It is written to all, or to nobody more: of all meetings where none is given.
void close_invitations(Database& database, std::optional<std::int64_t> meeting = {});

}  // namespace salam::store
