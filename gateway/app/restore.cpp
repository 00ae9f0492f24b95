#include "gateway/store/restore.h"

#include <chrono>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <spdlog/fmt/fmt.h>

#include "adapters/kafka/event_log.h"
#include "adapters/sms/line.h"
#include "adapters/upstream/held.h"
#include "gateway/app/after_backup.h"
#include "gateway/app/command_support.h"
#include "gateway/app/commands.h"
#include "gateway/app/core_thread.h"

namespace salam::app {
namespace {

/// Events are published within moments of being written; clocks of brokers may differ from ours.
constexpr std::chrono::hours topic_margin{24};
/// A request that came after the backup was registered after it, by the upstream's clock.
constexpr std::chrono::hours upstream_margin{24};

void print(const char* what, const std::string& file, const store::BackupSummary& summary) {
  fmt::print("{} {}: {} bytes, taken {}\n  incarnation {}, {} meetings, {} requests ({} told), last event {}\n", what, file, summary.bytes,
             to_rfc3339(summary.taken_at), summary.incarnation, summary.meetings, summary.requests, summary.told, summary.last_event);
  if (summary.files > 0) fmt::print("  {} files of attachments\n", summary.files - summary.missing);
  if (summary.missing > 0)
    fmt::print("MISSING {} of {} files of attachments: `salam-gateway audit` names them\n", summary.missing, summary.files);
}

/// Fences whatever the stopped gateway still has in the network, so that what is read afterwards stays true.
Result<void> ask_event_log(const Settings& settings, store::Restoration& restoration, AfterBackup& after, const store::Progress& progress) {
  const auto log = kafka::make_event_log(kafka_settings(settings, restoration.backup().incarnation));
  const auto position = log->open();
  if (!position) return Error{"topic_unreadable", position.error().message};
  if (*position) restoration.published(**position);
  const auto read = kafka::read_topic(
      *settings.kafka, settings.topic.name, restoration.backup().taken_at - topic_margin,
      [&](const kafka::PublishedEvent& event) { after.add(event); }, [&](std::uint64_t count) { progress("reading the topic", count, 0); });
  if (!read) return read.error();
  return {};
}

/// How long a text that may have been sent since the backup was taken is not sent again under its id. Which of several lines sent it, the
/// backup does not know.
Milliseconds texts_deduplicated_for(const Settings& settings) {
  if (settings.sms.size() > 1) return Milliseconds{0};
  boost::asio::io_context io;
  const auto traits = sms::make_line(settings.sms.front(), io.get_executor())->traits();
  return traits.deduplicates ? traits.deduplicates_for : Milliseconds{0};
}

Result<std::int64_t> revise(const Settings& settings, store::Restoration& restoration, const AfterBackup& after, Random& random,
                            const store::Progress& progress) {
  const bool deduplicated = restoration.at() - restoration.backup().taken_at < texts_deduplicated_for(settings);
  return restoration.revise(
      [&](const Record& record) {
        const lifecycle::Moment moment{.now = restoration.at(), .random_bits = random.bits()};
        return lifecycle::after_restore(record, {.registered = after.registered(record.request.id), .texts_deduplicated = deduplicated},
                                        settings.pipeline.policy, moment);
      },
      progress);
}

using HeldUnknown = std::vector<std::pair<System, upstream::Held>>;

/// What 137 and the desk hold of ours that is neither in the backup nor known from the topic.
HeldUnknown ask_upstreams(const Settings& settings, store::Restoration& restoration, const AfterBackup& after,
                          std::vector<std::string>& not_asked, const store::Progress& progress) {
  HeldUnknown unknown;
  for (const auto& [system, upstream] :
       {std::pair{System::system137, &settings.system137}, std::pair{System::service_desk, &settings.service_desk}}) {
    const std::string name(to_string(system));
    const auto held = upstream::list_held(*upstream, name, restoration.backup().taken_at - upstream_margin,
                                          [&](std::size_t count) { progress("listing " + name, count, 0); });
    if (!held) {
      not_asked.push_back(name + ": " + held.error().message);
      continue;
    }
    for (const auto& one : *held) {
      if (!restoration.knows(one.tracking_code) && !after.lost(one.tracking_code)) unknown.emplace_back(system, one);
    }
  }
  return unknown;
}

void print_lost(const AfterBackup& after) {
  if (after.lost().empty()) return;
  fmt::print("{} requests came after the backup; have their forms entered again (they keep id and tracking code):\n", after.lost().size());
  for (const auto& [id, lost] : after.lost()) {
    const auto& item = lost.form_item;
    fmt::print(
        "LOST meeting {} form {} item {}: tracking code {}, {}\n", item.meeting, item.form, item.item, lost.tracking_code,
        lost.registered ? fmt::format("registered in {} under {}", to_string(lost.registered->system), lost.registered->code) : lost.state);
  }
}

void print_held(const HeldUnknown& unknown) {
  if (unknown.empty()) return;
  fmt::print("{} registrations carry a tracking code that neither the backup nor the topic knows:\n", unknown.size());
  for (const auto& [system, held] : unknown) {
    fmt::print("LOST tracking code {}: registered in {} under {}\n", held.tracking_code.digits(), to_string(system), held.code);
  }
}

}  // namespace

int backup(const std::string& config, const std::string& file, bool overwrite) {
  const auto loaded = load_or_say(config);
  if (!loaded) return exit_code::misconfigured;
  const auto summary = store::backup(loaded->settings.store.path, file, overwrite, SystemClock(), progress_to_stderr());
  if (!summary) return fail(summary.error());
  print("backup", file, *summary);
  return 0;
}

int restore(const std::string& config, const std::string& file, bool without_topic) {
  const auto loaded = load_or_say(config);
  if (!loaded) return exit_code::misconfigured;
  const auto& settings = loaded->settings;
  SystemClock clock;
  SystemRandom random;
  const auto progress = progress_to_stderr();
  auto begun = store::Restoration::begin(settings.store, file, clock, random, progress);
  if (!begun) return fail(begun.error());
  auto& restoration = **begun;
  print("backup", file, restoration.backup());

  std::vector<std::string> not_asked;
  AfterBackup after(restoration, kafka_settings(settings, "").source);
  if (!settings.kafka) {
    not_asked.emplace_back("the topic: kafka.brokers is not set");
  } else if (without_topic) {
    not_asked.emplace_back("the topic: --without-topic");
  } else if (const auto asked = ask_event_log(settings, restoration, after, progress); !asked) {
    return fail({asked.error().code, "nothing was restored: " + asked.error().message + ". See --without-topic"});
  }
  const bool topic_asked = not_asked.empty();
  const auto held = ask_upstreams(settings, restoration, after, not_asked, progress);
  for (const auto& [id, lost] : after.lost()) {
    if (const auto code = TrackingCode::parse(lost.tracking_code)) restoration.remember_lost(lost.form_item, id, *code);
  }
  const auto revised = revise(settings, restoration, after, random, progress);
  if (!revised) return fail(revised.error());
  const auto replaced = restoration.put_in_place();
  if (!replaced) return fail(replaced.error());

  fmt::print("restored into {} as incarnation {}\n", settings.store.path, restoration.incarnation());
  if (!replaced->empty()) fmt::print("the replaced database stands at {}\n", *replaced);
  fmt::print("{} requests may have moved on since: they are looked up before they are sent again, or stand on the attention list\n",
             *revised);
  print_lost(after);
  print_held(held);
  for (const auto& what : not_asked) fmt::print("NOT ASKED for requests that came after the backup: {}\n", what);
  const bool whole = after.lost().empty() && held.empty() && restoration.backup().missing == 0;
  return topic_asked && whole ? 0 : exit_code::at_fault;
}

}  // namespace salam::app
