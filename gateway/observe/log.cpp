#include "gateway/observe/log.h"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <utility>

#include <spdlog/fmt/fmt.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "gateway/observe/json_text.h"

namespace salam::observe {
namespace {

std::atomic<bool> as_json{false};

/// Starts a payload that `log` has already made members of a JSON object.
constexpr char ready_members = '\x1e';

class MembersFlag : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& line, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string_view payload(line.payload.data(), line.payload.size());
    if (payload.starts_with(ready_members)) {
      out.append(payload.data() + 1, payload.data() + payload.size());
      return;
    }
    std::string members = "\"message\":";
    append_json_string(members, payload);
    out.append(members.data(), members.data() + members.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<MembersFlag>(); }
};

std::unique_ptr<spdlog::formatter> formatter(bool json) {
  auto made = std::make_unique<spdlog::pattern_formatter>();
  made->add_flag<MembersFlag>('*').set_pattern(json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%*})"
                                                    : "%Y-%m-%d %H:%M:%S.%e %L %v");
  return made;
}

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      break;
  }
  return spdlog::level::err;
}

void append_value(std::string& out, const Field& field, bool json) {
  const auto* text = std::get_if<std::string_view>(&field.value);
  if (text == nullptr) {
    std::visit([&](const auto& value) { fmt::format_to(std::back_inserter(out), "{}", value); }, field.value);
  } else if (json || text->empty() || text->find_first_of(" \"=\n\r\t\\") != std::string_view::npos) {
    append_json_string(out, *text);
  } else {
    out += *text;
  }
}

std::string plain_line(std::string_view message, std::initializer_list<Field> fields) {
  std::string line(message);
  for (const Field& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    append_value(line, field, false);
  }
  return line;
}

std::string json_members(std::string_view message, std::initializer_list<Field> fields) {
  std::string line{ready_members};
  line += "\"message\":";
  append_json_string(line, message);
  for (const Field& field : fields) {
    line += ',';
    append_json_string(line, field.key);
    line += ':';
    append_value(line, field, true);
  }
  return line;
}

}  // namespace

void set_up_logging(const LogSettings& settings) {
  const auto level = spdlog::level::from_str(settings.level);
  if (level == spdlog::level::off && settings.level != "off") {
    throw std::runtime_error("the log level '" + settings.level + "' is unknown; use trace, debug, info, warn, error or off");
  }
  auto logger = std::make_shared<spdlog::logger>("salam", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(formatter(settings.json));
  logger->set_level(level);
  logger->flush_on(spdlog::level::trace);
  as_json = settings.json;
  spdlog::set_default_logger(std::move(logger));
}

void log(Level level, std::string_view message, std::initializer_list<Field> fields) {
  auto* logger = spdlog::default_logger_raw();
  if (!logger->should_log(spdlog_level(level))) return;
  logger->log(spdlog_level(level), as_json ? json_members(message, fields) : plain_line(message, fields));
}

}  // namespace salam::observe
