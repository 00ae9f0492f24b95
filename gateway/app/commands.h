#pragma once

#include <optional>
#include <string>
#include <vector>

/// The program's commands. Each prints for people and returns the exit code: 0 done, 1 it failed, 2 the configuration is wrong.
namespace salam::app {

namespace exit_code {
inline constexpr int failed = 1;
inline constexpr int misconfigured = 2;
inline constexpr int at_fault = 3;
}  // namespace exit_code

int serve(const std::string& config);
int check_config(const std::string& config);
/// 3 where the audit finds fault.
int audit(const std::string& config);
int backup(const std::string& config, const std::string& file, bool overwrite);
/// 3 where requests must be entered again, or what was meant to be asked for them could not be.
int restore(const std::string& config, const std::string& file, bool without_topic);
/// Every text that citizens may get, as it would be sent now.
int preview_texts(const std::string& config);
int create_topic(const std::string& config);
/// The file that the key commands work on: the configuration's `keys.file`, or the default without a configuration. Nothing, after saying
/// why, where the configuration is wrong.
std::optional<std::string> keys_file(const std::string& config);
int create_key(const std::string& file, const std::string& name, const std::vector<std::string>& scopes);
int list_keys(const std::string& file);
int revoke_key(const std::string& file, const std::string& name);

}  // namespace salam::app
