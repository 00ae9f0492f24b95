#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

/// Log lines on stderr: plain for people, or one JSON object a line for collectors. Personal data never goes in; `Sensitive<T>` does not
/// convert to a value here.
namespace salam::observe {

struct LogSettings {
  std::string level = "info";  ///< `trace`, `debug`, `info`, `warn`, `error` or `off`.
  bool json = false;
};

/// Sets up spdlog's default logger, so lines written straight through spdlog come out in the same form. Throws std::runtime_error with a
/// sentence for the operator where the level is unknown.
void set_up_logging(const LogSettings& settings);

enum class Level { debug, info, warn, error };

struct Field {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, double, bool> value;

  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
  Field(std::string_view name, const std::string& text) : key(name), value(std::string_view(text)) {}
  Field(std::string_view name, std::int64_t number) : key(name), value(number) {}
  Field(std::string_view name, int number) : key(name), value(std::int64_t{number}) {}
  Field(std::string_view name, std::uint64_t number) : key(name), value(static_cast<std::int64_t>(number)) {}
  Field(std::string_view name, double number) : key(name), value(number) {}
  Field(std::string_view name, bool truth) : key(name), value(truth) {}
};

/// `log(Level::warn, "cannot reach the broker", {{"broker", name}, {"attempt", 3}})`
void log(Level level, std::string_view message, std::initializer_list<Field> fields = {});

}  // namespace salam::observe
