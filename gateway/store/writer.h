#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/store/database.h"
#include "gateway/store/keyed_hash.h"
#include "gateway/store/meeting_rows.h"
#include "gateway/store/operations.h"
#include "gateway/store/store.h"
#include "gateway/store/tallies.h"

namespace salam::store {

/// How long a kept answer is found under its `Idempotency-Key`.
inline constexpr std::chrono::hours answer_lifetime{7 * 24};

/// The one that writes: applies a batch of operations in one transaction, on whichever thread calls it. It has no queue and no thread of
/// its own, so a simulation can drive it by a virtual clock.
class Writer {
 public:
  /// `database`: migrated, and written by nobody else. Throws DatabaseError.
  Writer(Database& database, const Settings& settings, Clock& clock, Random& random);

  /// Appends what came meanwhile; false where nothing did.
  using More = std::function<bool(std::vector<Operation>&)>;

  /// Everything committed, or the disk is full and each operation has `storage_full` as its outcome. Nothing is answered yet: call `reply`.
  /// Any other failure ends the process. `more` is asked before the commit, so that what came meanwhile need not wait for the next one.
  /// True where events were committed.
  bool apply(std::vector<Operation>& batch, std::optional<std::int64_t> published = std::nullopt, const More& more = {});

 private:
  struct Meeting {
    std::int64_t key = 0;
    salam::Meeting value;
  };
  struct Numbers {
    RequestKey request = 1;
    std::int64_t task = 1;
  };

  void write(std::vector<Operation>& batch, const More& more);
  void perform(AcceptOperation& operation);
  void perform(UpdateOperation& operation);
  void perform(MeetingOperation& operation);
  void perform(DeadlineRulesOperation& operation);
  void perform(StepOperation& operation);
  void perform(AnnounceOperation& operation);
  void perform(InvitationOperation& operation);
  void perform(ApproveOperation& operation);
  void perform(InviteOperation& operation);
  void perform(FormsOperation& operation);
  void perform(AttemptOperation& operation);
  void perform(AttachOperation& operation);

  /// Empties the intake where the request is new.
  AcceptOutcome accept(Intake& intake);
  std::optional<AcceptOutcome> known(const Intake& intake, std::int64_t meeting);
  Request draw(Intake& intake, const Meeting& meeting);
  TrackingCode draw_code();
  /// A printed form's: from its meeting and number by the store's own secret, so that after a restore it can be had again.
  TrackingCode derive_code(const std::string& meeting, const std::string& form);
  bool is_taken(TrackingCode code);
  PrintOutcome print(const FormsToPrint& wanted);
  /// One that was lost by a restore gets its id and code back, and an intent: it may have been registered under them.
  void take_up_lost(Request& request);
  Result<Updated> update(RequestKey key, const Transition& transition);
  void write_request(const Request& before, const Change& change);
  Result<Updated> update_once(const UpdateOperation& operation);
  bool answered(const IdempotentAnswer& identity);
  void keep(const IdempotentAnswer& answer);
  Result<bool> put(const salam::Meeting& meeting);
  InvitationOutcome put(const std::string& meeting, const Invitation& invitation);
  InvitationOutcome approve(const ApproveOperation& operation);
  Invited invite(const Invite& invite);
  AttachOutcome attach(const NewAttachment& attachment);
  [[nodiscard]] MeetingEvents meeting_events() const { return {.now = clock_.now(), .personal_data = settings_.personal_data_in_events}; }
  const Meeting* find_meeting(const std::string& id);
  void forget_uncommitted();

  Database& database_;
  const Settings& settings_;
  Clock& clock_;
  Random& random_;
  KeyedHash keyed_hash_;
  std::unordered_map<std::string, Meeting> meetings_;
  DeadlineRules deadline_rules_;
  Tallies tallies_;
  Numbers next_;
  Numbers committed_;
  std::optional<std::int64_t> published_;  ///< The relay's mark until it is committed.
  bool wrote_events_ = false;
};

/// Writes the reason to the log and ends the process: what a failed write or fsync left behind, the next start's recovery finds out.
[[noreturn]] void die(const DatabaseError& error);

}  // namespace salam::store
