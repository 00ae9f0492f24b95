#include <csignal>
#include <ctime>
#include <optional>

#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include "gateway/app/command_support.h"
#include "gateway/app/gateway.h"

namespace salam::app {
namespace {

sigset_t handled_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

/// The next signal, or nothing once the wait is over.
std::optional<int> next_signal(const sigset_t& signals, std::chrono::microseconds wait) {
  const timespec time{.tv_sec = wait.count() / 1'000'000, .tv_nsec = wait.count() % 1'000'000 * 1'000};
  const int signal = sigtimedwait(&signals, nullptr, &time);
  return signal > 0 ? std::optional(signal) : std::nullopt;
}

void wait_for_the_end(Gateway& gateway, const sigset_t& signals) {
  std::uint64_t watchdog = 0;
  const bool watched = sd_watchdog_enabled(0, &watchdog) > 0;
  const auto interval = watched ? std::chrono::microseconds(watchdog / 3) : std::chrono::microseconds(std::chrono::hours(1));
  for (;;) {
    const auto signal = next_signal(signals, interval);
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP) {
      sd_notify(0, "RELOADING=1");
      gateway.reload();
      sd_notify(0, "READY=1");
    }
    if (watched && gateway.alive(std::chrono::duration_cast<Milliseconds>(interval))) sd_notify(0, "WATCHDOG=1");
  }
}

}  // namespace

int serve(const std::string& config) {
  auto loaded = load_or_say(config);
  if (!loaded) return exit_code::misconfigured;
  observe::set_up_logging(loaded->settings.log);
  // Every thread inherits the mask, so that only this one takes them.
  const auto signals = handled_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  Gateway gateway(std::move(loaded->settings));
  sd_notify(0, "READY=1");
  wait_for_the_end(gateway, signals);
  sd_notify(0, "STOPPING=1");
  spdlog::info("shutting down");
  gateway.shut_down();
  spdlog::info("ended");
  return 0;
}

}  // namespace salam::app
