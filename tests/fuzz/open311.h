#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/upstream/open311.h"
#include "adapters/upstream/open311_progress.h"
#include "adapters/upstream/open311_reply.h"
#include "tests/fuzz/upstream.h"

/// Both formats of Open311.
namespace salam::fuzz {

inline upstream::Open311Settings open311_settings(upstream::ReplyFormat format) {
  upstream::Open311Settings settings;
  settings.format = format;
  settings.amend = {.updates = true, .sets_values = false, .lookup = true};
  settings.refused = {{{400}, {"not_accepted"}, {}}, {{400}, {}, {"قابلیت ثبت ندارد"}}};
  settings.later = {{{400}, {"maintenance"}, {}}};
  settings.already_exists = {{{409}, {"already_exists"}, {}}};
  return settings;
}

inline void promise_reports(const upstream::Answer<upstream::ProgressOutcome>& answer) {
  promise(valid_utf8(answer.excerpt), "what operators see is UTF-8");
  const auto* const reply = std::get_if<upstream::ProgressReply>(&answer.outcome);
  if (reply == nullptr) return;
  for (const auto& report : reply->reports) {
    promise_code(report.code);
    promise(!report.status.empty() && valid_utf8(report.words), "a report says something");
  }
}

inline void judge_open311(upstream::ReplyFormat format, const http_client::Response& response) {
  const auto settings = open311_settings(format);
  const auto catalogue = std::make_shared<upstream::ServiceCatalogue>(std::map<std::string, std::string>{}, "other");
  if (const auto services = upstream::read_services(response, format)) catalogue->learn(*services);
  promise(!catalogue->code_for("آسفالت").empty(), "every category has a service");
  judge(*upstream::make_open311(settings, catalogue), response);
  const std::vector<std::string> asked{"1", "2"};
  promise_reports(upstream::read_status(settings, response, asked));
  promise_reports(upstream::read_updates(settings, response));
}

}  // namespace salam::fuzz
