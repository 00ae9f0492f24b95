#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include <CLI/CLI.hpp>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/stand_ins/demo/demo.h"
#include "tests/stand_ins/stand_ins.h"

namespace {

namespace stand_ins = salam::stand_ins;

constexpr const char* faults_help =
    R"(Faults on demand: POST a JSON object to /_control/faults on the stand-in's own port (Kafka: the port printed as its
control). DELETE takes them away, GET shows how often each struck. Members:
  mode         refuse status slow hang reset_before reset_after garbage empty cut_body html_200 duplicate
               137, desk: lookup_lag truncate_list lookup_all lookup_nothing drop_external_id no_id stays_open;  137: token
               sms, magfa: truncate_list lookup_nothing;  magfa: lookup_lag
  on           register | look_up | status | poll | update (137), register | look_up | status (desk),
               send | status | look_up (sms, magfa), or any
  match        only calls whose category, code, receiver or text holds this
  count, probability with seed, status, ms, lag, acts, limit, retry_after, text
POST /_control/down?ms=N closes the port for so long. GET /_control/ledger shows what was registered or sent.

Texts to numbers that end in 0000 stay undelivered, 0001 are blocked, 0002 fail, 0003 are never reported on. Magfa's own codes:
{"mode": "status", "status": 200, "text": "14"} for the whole request, {"mode": "refuse", "text": "27"} for the message.)";

/// Written beside and renamed, so that who waits for the file never reads half of it.
void write_whole(const std::string& path, const std::string& text) {
  std::string beside = path + ".part";
  std::ofstream file(beside, std::ios::trunc);
  file << text << '\n';
  file.close();
  if (!file) throw std::runtime_error("Cannot write " + path);
  std::filesystem::rename(beside, path);
}

void end_with_parent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) raise(SIGTERM);
}

struct ServeOptions {
  stand_ins::Settings settings;
  std::int64_t deliver_after_ms = 300;
  std::int64_t in_progress_after_ms = stand_ins::Pace{}.in_progress_after.count();
  std::int64_t closed_after_ms = stand_ins::Pace{}.closed_after.count();
  bool no_ledger_detail = false;
  bool with_parent = false;
  std::string ready_file;
};

CLI::App* add_serve(CLI::App& program, ServeOptions& options) {
  auto& settings = options.settings;
  auto* serve = program.add_subcommand("serve", "Play system 137, the service desk, Kavenegar, Magfa and a Kafka broker until SIGTERM");
  serve->footer(faults_help);
  serve->add_option("--port-137", settings.port_137, "Port of system 137 (Open311); 0: a free one")->capture_default_str();
  serve->add_option("--port-desk", settings.port_desk, "Port of the service desk")->capture_default_str();
  serve->add_option("--port-sms", settings.port_sms, "Port of Kavenegar")->capture_default_str();
  serve->add_option("--port-magfa", settings.port_magfa, "Port of Magfa")->capture_default_str();
  serve->add_option("--key-137", settings.key_137, "The key that 137 wants")->capture_default_str();
  serve->add_option("--key-desk", settings.key_desk, "The key that the desk wants")->capture_default_str();
  serve->add_option("--key-sms", settings.key_sms, "The key that Kavenegar wants")->capture_default_str();
  serve->add_option("--magfa-user", settings.magfa_user, "The user/domain that Magfa wants")->capture_default_str();
  serve->add_option("--magfa-password", settings.magfa_password, "Its password")->capture_default_str();
  serve->add_flag("--kafka", settings.kafka, "A Kafka broker too, in memory");
  serve->add_option("--topic", settings.topic, "Its topic")->capture_default_str();
  serve->add_option("--partitions", settings.partitions, "Of the topic")->capture_default_str();
  serve->add_option("--refuse-category", settings.refused_by_137, "Categories that 137 refuses; 'none' for none")->capture_default_str();
  serve->add_option("--desk-refuse-category", settings.refused_by_desk, "Categories that the desk refuses");
  serve->add_flag("--unique-external-id", settings.unique_external_id, "137 answers 409 to an external id that it knows");
  serve->add_option("--deliver-after", options.deliver_after_ms, "Milliseconds from the sending of a text to its last status")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  serve->add_option("--in-progress-after", options.in_progress_after_ms, "Milliseconds until 137 and the desk get on with what they hold")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  serve->add_option("--closed-after", options.closed_after_ms, "Milliseconds until they close it")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  serve->add_option("--ledger", settings.ledger_file, "Append every registration and text to this file, as JSON lines");
  serve->add_flag("--no-ledger-detail", options.no_ledger_detail, "Do not keep the fields of registrations in memory (for benchmarks)");
  serve->add_option("--ready-file", options.ready_file, "Write the addresses to this file once all of them listen");
  serve->add_flag("--with-parent", options.with_parent, "End when the process that started this one ends");
  return serve;
}

struct DemoOptions {
  stand_ins::demo::Settings settings;
  std::int64_t pace_ms = 25;
  std::int64_t deadline_s = 60;
};

CLI::App* add_demo(CLI::App& program, DemoOptions& options) {
  auto& settings = options.settings;
  auto* demo =
      program.add_subcommand("demo", "Type a whole meeting's forms into a gateway, watch them through, and say whether all counts agree");
  demo->add_option("--api", settings.api, "The gateway, such as http://127.0.0.1:8137")->required();
  demo->add_option("--operations", settings.operations, "Its operations listener: waited for until it is ready");
  demo->add_option("--key-file", settings.key_file, "A file with an API key that has the scopes intake and read")->required();
  demo->add_option("--data", settings.data, "A folder with meeting.json and requests.json")->required();
  demo->add_option("--stand-ins", settings.stand_ins, "The ready file of 'serve', to compare the counts with what the stand-ins saw");
  demo->add_option("--in-batch", settings.in_batch, "So many of the last forms are sent at once")->capture_default_str();
  demo->add_option("--pace", options.pace_ms, "Milliseconds between forms")->capture_default_str()->check(CLI::NonNegativeNumber);
  demo->add_option("--deadline", options.deadline_s, "Seconds for everything to be settled")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  return demo;
}

int demo(DemoOptions options) {
  options.settings.pace = std::chrono::milliseconds(options.pace_ms);
  options.settings.deadline = std::chrono::seconds(options.deadline_s);
  return stand_ins::demo::run(options.settings) ? 0 : 1;
}

int serve(ServeOptions options, pid_t parent) {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  if (options.with_parent) end_with_parent(parent);
  options.settings.deliver_after = stand_ins::Milliseconds(options.deliver_after_ms);
  options.settings.pace = {stand_ins::Milliseconds(options.in_progress_after_ms), stand_ins::Milliseconds(options.closed_after_ms)};
  options.settings.ledger_detail = !options.no_ledger_detail;
  stand_ins::StandIns running(options.settings);
  auto addresses = running.addresses().to_json();
  std::cout << addresses << std::endl;
  if (!options.ready_file.empty()) write_whole(options.ready_file, addresses);
  int signal = 0;
  sigwait(&ending, &signal);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  auto parent = getppid();
  CLI::App program("Plays the systems around the Mardom Salam gateway, for tests and the demonstration", "salam-stand-ins");
  program.require_subcommand(1);
  ServeOptions serve_options;
  auto* serve_command = add_serve(program, serve_options);
  DemoOptions demo_options;
  auto* demo_command = add_demo(program, demo_options);
  CLI11_PARSE(program, argc, argv);
  try {
    if (serve_command->parsed()) return serve(std::move(serve_options), parent);
    if (demo_command->parsed()) return demo(std::move(demo_options));
  } catch (const std::exception& failure) {
    std::cerr << "salam-stand-ins: " << failure.what() << '\n';
  }
  return 1;
}
