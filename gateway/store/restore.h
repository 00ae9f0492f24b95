#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/domain/change.h"
#include "gateway/domain/result.h"
#include "gateway/ports/clock.h"
#include "gateway/store/backup.h"
#include "gateway/store/store.h"

namespace salam::store {

/// Puts a backup in the place of a stopped gateway's database. All is prepared on a copy beside it, and nothing is replaced before
/// `put_in_place`; what was there is kept under another name. Holds the store's lock as long as it lives.
class Restoration {
 public:
  virtual ~Restoration() = default;

  /// Checks and copies the backup; the copy is a new incarnation. Errors: `store_locked`, `restore_failed`, those of `check_backup`.
  static Result<std::unique_ptr<Restoration>> begin(const Settings& settings, const std::string& file, Clock& clock, Random& random,
                                                    const Progress& progress);

  [[nodiscard]] virtual const BackupSummary& backup() const = 0;
  [[nodiscard]] virtual const std::string& incarnation() const = 0;
  /// From when on nobody but this store acts on its requests again.
  [[nodiscard]] virtual Timestamp at() const = 0;

  virtual bool knows(const Uuid& id) = 0;
  virtual bool knows(const FormItem& item) = 0;
  virtual bool knows(TrackingCode code) = 0;
  /// Events up to here were published by the backup's incarnation; beyond the backup's last one it knew others.
  virtual void published(std::int64_t position) = 0;
  /// A request that came after the backup. Entered again, it takes up this id and code, and is looked up before it is sent.
  virtual void remember_lost(const FormItem& item, const Uuid& id, TrackingCode code) = 0;
  /// Runs `transition` on every request that is not finished or has a text that was not sent; it answers `unchanged` where there is nothing
  /// to do. Returns how many changed. Errors: `restore_failed`.
  virtual Result<std::int64_t> revise(const Transition& transition, const Progress& progress) = 0;
  /// The last step. Returns the name under which the replaced database stands; empty where there was none. Errors: `restore_failed`.
  virtual Result<std::string> put_in_place() = 0;
};

}  // namespace salam::store
