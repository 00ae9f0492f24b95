#pragma once

#include <optional>
#include <string>

#include "gateway/app/commands.h"
#include "gateway/app/settings.h"
#include "gateway/store/backup.h"

/// What the commands share.
namespace salam::app {

/// Nothing where the configuration is wrong, which it has said then.
std::optional<Loaded> load_or_say(const std::string& config);

/// Says what went wrong and returns `failed`.
int fail(const Error& error);

/// Writes to standard error, at most once a second.
store::Progress progress_to_stderr();

}  // namespace salam::app
