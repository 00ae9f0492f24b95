#include "gateway/domain/change.h"

namespace salam {

std::int64_t slot_of(const Task& task) {
  switch (task.lane) {
    case Lane::system137:
    case Lane::service_desk:
      return task.amendment ? amendment_slot : registration_slot;
    case Lane::clock:
      return clock_slot;
    case Lane::status137:
    case Lane::desk_status:
      return follow_up_slot;
    case Lane::sms:
    case Lane::sms_status:
      break;
  }
  return task.message;
}

}  // namespace salam
