#pragma once

#include <vector>

#include "adapters/sms/line.h"
#include "gateway/config/reader.h"

namespace salam::app {

/// One provider stands in `[sms]` itself and bears its driver's name; several, in the order of `sms.providers`, each in a table of its own.
std::vector<sms::LineSettings> read_sms_lines(config::Section sms);
/// Notes what the drivers say cannot work. `lines`: as read from that table.
void check_sms_lines(const std::vector<sms::LineSettings>& lines, config::Section sms);

}  // namespace salam::app
