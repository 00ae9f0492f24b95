#pragma once

#include <functional>
#include <optional>
#include <variant>

#include "gateway/store/store.h"

/// What stands in the writer's queue. Each carries its outcome from the transaction to the moment after the commit.
namespace salam::store {

struct AcceptOperation {
  Intake intake;
  std::function<void(AcceptOutcome)> handler;
  std::optional<AcceptOutcome> outcome{};
};

struct UpdateOperation {
  RequestKey key = 0;
  Transition transition;
  std::function<void(UpdateOutcome)> handler;
  std::optional<IdempotentAnswer> identity{};
  std::function<IdempotentAnswer(IdempotentAnswer, const Updated&)> answer{};
  std::optional<UpdateOutcome> outcome{};
};

struct MeetingOperation {
  Meeting meeting;
  std::function<void(Result<bool>)> handler;
  std::optional<Result<bool>> outcome{};
};

struct DeadlineRulesOperation {
  DeadlineRules rules;
};

struct StepOperation {
  MeetingStepDone done;
  std::function<void(Result<StepOutcome>)> handler;
  std::optional<Result<StepOutcome>> outcome{};
};

struct AnnounceOperation {
  std::function<void(Result<Announced>)> handler;
  std::optional<Result<Announced>> outcome{};
};

struct InvitationOperation {
  std::string meeting;
  Invitation invitation;
  std::function<void(InvitationOutcome)> handler;
  std::optional<InvitationOutcome> outcome{};
};

struct ApproveOperation {
  ApprovingInvitation approving;
  IdempotentAnswer identity;
  std::function<IdempotentAnswer(IdempotentAnswer, const InvitationRecord&)> answer;
  std::function<void(InvitationOutcome)> handler;
  std::optional<InvitationOutcome> outcome{};
};

struct InviteOperation {
  Invite invite;
  std::function<void(Result<Invited>)> handler;
  std::optional<Result<Invited>> outcome{};
};

struct FormsOperation {
  FormsToPrint forms;
  std::function<void(PrintOutcome)> handler;
  std::optional<PrintOutcome> outcome{};
};

struct AttemptOperation {
  RequestKey key = 0;
  Attempt attempt;
};

/// Its file is on the disk already.
struct AttachOperation {
  NewAttachment attachment;
  std::function<void(AttachOutcome)> handler;
  std::optional<AttachOutcome> outcome{};
};

using Operation = std::variant<AcceptOperation, UpdateOperation, MeetingOperation, DeadlineRulesOperation, StepOperation, AnnounceOperation,
                               InvitationOperation, ApproveOperation, InviteOperation, FormsOperation, AttemptOperation, AttachOperation>;

/// Gives the operation this error as its outcome, whatever it had.
void refuse(Operation& operation, const Error& error);
/// Calls its handler with its outcome.
void reply(Operation& operation);

}  // namespace salam::store
