#include "gateway/app/sms_settings.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include <boost/asio/io_context.hpp>

#include "gateway/app/endpoint_settings.h"

namespace salam::app {
namespace {

using config::Section;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Sensitive<std::string> secret(Section& section, std::string_view key) { return Sensitive<std::string>(section.required_secret(key)); }

sms::KavenegarSettings read_kavenegar(Section& section) {
  sms::KavenegarSettings settings;
  settings.api_key = secret(section, "api_key");
  settings.sender = section.string("sender", "");
  auto templates = section.table("approved_templates");
  for (const auto kind : {MessageKind::registered, MessageKind::holding}) {
    if (auto name = templates.optional_string(to_string(kind))) settings.templates.emplace(kind, std::move(*name));
  }
  return settings;
}

sms::MagfaSettings read_magfa(Section& section) {
  sms::MagfaSettings settings;
  settings.username = section.required_string("username");
  settings.domain = section.required_string("domain");
  settings.password = secret(section, "password");
  settings.sender = section.required_string("sender");
  return settings;
}

sms::KannelSettings read_kannel(Section& section) {
  sms::KannelSettings settings;
  settings.username = section.required_string("username");
  settings.password = secret(section, "password");
  settings.sender = section.string("sender", "");
  settings.smsc = section.string("smsc", "");
  settings.report_url = secret(section, "report_url");
  settings.report_window = section.duration("report_window", settings.report_window, seconds(1), hours(48));
  return settings;
}

sms::MappedSettings read_mapped(Section& section) {
  sms::MappedSettings settings;
  settings.mapping_file = section.path("mapping_file", "");
  settings.api_key = Sensitive<std::string>(section.secret("api_key"));
  settings.user = Sensitive<std::string>(section.secret("user"));
  settings.password = Sensitive<std::string>(section.secret("password"));
  settings.sender = section.string("sender", "");
  return settings;
}

template <class Driver>
Driver with_connection(Driver settings, Section& section) {
  read_endpoint(section, settings);
  settings.timeout = section.duration("call_deadline", settings.timeout, milliseconds(100), minutes(2));
  return settings;
}

sms::LineSettings read_line(const std::string& name, Section section) {
  const auto driver = section.choice("driver", "kavenegar", {"kavenegar", "magfa", "kannel", "mapped"});
  sms::LineSettings line{.name = name.empty() ? driver : name, .driver = {}};
  if (driver == "magfa") {
    line.driver = with_connection(read_magfa(section), section);
  } else if (driver == "kannel") {
    line.driver = with_connection(read_kannel(section), section);
  } else if (driver == "mapped") {
    line.driver = with_connection(read_mapped(section), section);
  } else {
    line.driver = with_connection(read_kavenegar(section), section);
  }
  return line;
}

/// Each provider's name and table; the only one has no name.
std::vector<std::pair<std::string, Section>> tables(Section sms) {
  std::vector<std::pair<std::string, Section>> lines;
  for (const auto& name : sms.strings("providers")) {
    if (std::ranges::find(lines, name, &std::pair<std::string, Section>::first) != lines.end()) {
      sms.wrong("providers", "`" + name + "` stands there twice");
    } else {
      lines.emplace_back(name, sms.table("provider").table(name));
    }
  }
  if (lines.empty()) lines.emplace_back("", sms);
  return lines;
}

}  // namespace

std::vector<sms::LineSettings> read_sms_lines(Section sms) {
  std::vector<sms::LineSettings> lines;
  for (const auto& [name, section] : tables(std::move(sms))) lines.push_back(read_line(name, section));
  return lines;
}

void check_sms_lines(const std::vector<sms::LineSettings>& lines, Section sms) {
  boost::asio::io_context io;
  auto sections = tables(std::move(sms));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto& section = sections[i].second;
    std::visit([&](const auto& driver) { check_endpoint(driver, section); }, lines[i].driver);
    try {
      sms::make_line(lines[i], io.get_executor());
    } catch (const std::runtime_error& error) {
      section.wrong("", error.what());
    }
  }
}

}  // namespace salam::app
