#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>

#include <CLI/CLI.hpp>

#include "gateway/app/commands.h"
#include "gateway/app/import_command.h"
#include "gateway/app/officer_commands.h"
#include "gateway/app/settings.h"

namespace {

using salam::app::ApiAccess;
using Command = std::function<int()>;

/// Where the running gateway is, and the key to it.
void add_access(CLI::App* command, ApiAccess& access) {
  command->add_option("--api", access.url, "The running gateway's API")->capture_default_str();
  command->add_option("--key-file", access.key_file, "A file that holds an API key")->required()->check(CLI::ExistingFile);
  command->add_option("--ca-file", access.ca_file, "PEM, where the gateway's certificate is the city's own");
}

/// What officers do over the API of the running gateway.
void add_officer_commands(CLI::App& program, ApiAccess& access, salam::app::DueQuestion& question, salam::app::Decision& decision,
                          Command& command) {
  auto* due = program.add_subcommand("due", "Print what must be reviewed or answered, soonest first; the key needs the scope read");
  due->add_option("--region", question.region, "1 to 15, or nazhvan");
  due->add_option("--officer", question.officer, "What that unit, manager or reviewing officer must see to");
  due->add_option("--before", question.before, "What is due before this time, such as 2026-11-24T18:30:00+03:30");
  due->add_option("--most", question.most, "Lines")->check(CLI::Range(1, 100'000))->capture_default_str();
  due->callback([&] { command = [&] { return salam::app::due(access, question); }; });

  auto* review =
      program.add_subcommand("review", "Decide where a request goes that 137 cannot take; the key needs the scopes read and operate");
  review->add_option("decision", decision.decision, "to_desk, to_137, answered (directly) or twin (of another)")
      ->required()
      ->check(CLI::IsMember({"to_desk", "to_137", "answered", "twin"}));
  review->add_option("--category", decision.category, "For to_137: the category under which it can take it");
  review->add_option("--twin", decision.twin, "For twin: the other request's tracking code");
  review->callback([&] { command = [&] { return salam::app::review(access, decision); }; });

  auto* answer =
      program.add_subcommand("answer", "Note how a citizen was answered, or answer by SMS; the key needs the scopes read and operate");
  answer->callback([&] { command = [&] { return salam::app::answer(access, decision); }; });
  for (auto* const one : {review, answer}) {
    one->add_option("code", decision.code, "The request's tracking code, the gateway's or a system's")->required();
    one->add_option("--channel", decision.channel, "How it is answered: phone, in_person or sms")
        ->required(one == answer)
        ->check(CLI::IsMember({"phone", "in_person", "sms"}));
    one->add_option("--text", decision.text, "What the answer is");
    one->add_option("--by", decision.by, "Who decides, by name")->required();
    one->add_option("--note", decision.note, "For officers alone");
  }
  for (auto* const one : {due, review, answer}) add_access(one, access);
}

/// What is done before a meeting over the API of the running gateway.
void add_forms_command(CLI::App& program, ApiAccess& access, salam::app::FormsOrder& order, Command& command) {
  auto* forms = program.add_subcommand(
      "forms",
      "Make a meeting's numbered forms to print, each with a tracking code on a slip to tear off; the key needs the scope operate");
  forms->add_option("meeting", order.meeting, "The meeting's id")->required();
  forms->add_option("--from", order.from, "The first form's number")->required()->check(CLI::Range(1, 9'999'999));
  forms->add_option("--count", order.count, "How many")->required()->check(CLI::Range(1, 1'000));
  forms->add_option("--out", order.out, "The HTML file to write")->required();
  forms->callback([&] { command = [&] { return salam::app::forms(access, order); }; });
  add_access(forms, access);
}

/// A meeting's forms as an officer typed them into a spreadsheet.
void add_import_command(CLI::App& program, ApiAccess& access, salam::app::ImportOrder& order, Command& command) {
  auto* import = program.add_subcommand(
      "import",
      "Take in the requests of a meeting from a spreadsheet, CSV or XLSX, over the API of the running gateway; the key needs the scope "
      "intake. A second run harms nothing. Exit code 0: every line is in, 1: some are not, or it failed");
  import->add_option("file", order.file, "As officers type it; GET /v1/import-template has the headings")
      ->required()
      ->check(CLI::ExistingFile);
  import->add_option("--meeting", order.meeting, "The meeting's id")->required();
  import->add_flag("--dry-run", order.dry_run, "Look at every line and say what would happen; nothing is written");
  import->add_option("--out", order.out, "The file that gets the lines with what became of each: .xlsx or .csv");
  import->add_option("--sheet", order.sheet, "Which sheet of an XLSX file; without it, the first one that has the headings");
  import->callback([&] { command = [&] { return salam::app::import_file(access, order); }; });
  add_access(import, access);
}

/// What is shown, signed and filed after a meeting, over the API of the running gateway.
void add_report_command(CLI::App& program, ApiAccess& access, salam::app::ReportOrder& order, Command& command) {
  auto* report = program.add_subcommand(
      "report",
      "Write a report to a file: close-out, week (with its letter), progress, results or before (a meeting), of a meeting; or regions, "
      "for the council. The key needs the scope read");
  report->add_option("report", order.report, "Which")
      ->required()
      ->check(CLI::IsMember({"close-out", "week", "progress", "results", "before", "regions"}));
  report->add_option("meeting", order.meeting, "The meeting's id");
  report
      ->add_option("--out", order.out,
                   "The file to write; its ending says as what: .html to print, .xlsx, .csv, .json, or for results .pptx")
      ->required();
  report->add_option("--from", order.from, "regions: meetings from this day on, such as 1405/09/01; else of the last year");
  report->add_option("--to", order.to, "regions: until this day");
  report->add_option("--table", order.table, "Which of its tables a .csv holds; else the first");
  report->add_flag("--personal", order.personal, "Show who asked, and their words; the key needs the scope personal too");
  report->callback([&] {
    if ((order.report == "regions") != order.meeting.empty()) {
      throw CLI::ValidationError("meeting", "belongs to every report but regions");
    }
    command = [&] { return salam::app::report(access, order); };
  });
  add_access(report, access);
}

/// Before a meeting's results are shown, over the API of the running gateway.
void add_invite_command(CLI::App& program, ApiAccess& access, salam::app::InvitationOrder& order, Command& command) {
  auto* invite = program.add_subcommand("invite",
                                        "Show what the applicants of a meeting would be texted to invite them to the session where its "
                                        "results are shown, and to how many; with --approve it is sent. The key needs the scope operate");
  invite->add_option("--meeting", order.meeting, "The meeting's id")->required();
  invite->add_option("--date", order.date, "The session's day, such as 1405/12/01 or 2027-02-20")->required();
  invite->add_option("--time", order.time, "Such as 18:30, or in words");
  invite->add_option("--place", order.place, "Without it, the meeting's mosque");
  invite->add_option("--text", order.text, "With {mosque}, {region}, {date} and {time}; without it, that of sms.templates.invitation");
  invite->add_option("--by", order.by, "Who invites, by name")->required();
  invite->add_flag("--approve", order.approve, "Send it, once to each number that was not invited yet");
  invite->callback([&] { command = [&] { return salam::app::invite(access, order); }; });
  add_access(invite, access);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program(
      "salam-gateway takes the requests that citizens hand in at the meetings «مردم سلام», registers each in the city's 137 system or the "
      "service\n"
      "desk, publishes events, and texts every citizen a tracking code.");
  program.footer("--config FILE, before or after the command, names the configuration.");
  program.require_subcommand(1);
  program.fallthrough();
  std::string config;
  program
      .add_option("--config,-c", config,
                  "The configuration file (TOML). Without one, the environment alone: SALAM_HTTP_LISTEN stands for http.listen")
      ->envname("SALAM_CONFIG");
  Command command;

  program.add_subcommand("serve", "Run the gateway until SIGTERM. SIGHUP reloads keys and routing rules")->callback([&] {
    command = [&] { return salam::app::serve(config); };
  });
  program
      .add_subcommand("check-config",
                      "Check the configuration and print what is in force, secrets redacted; exit code 2 where something is wrong")
      ->callback([&] { command = [&] { return salam::app::check_config(config); }; });
  program
      .add_subcommand("audit",
                      "Walk the store, beside a running gateway or without one: every request has a code and was told it, is scheduled, or "
                      "stands on the "
                      "attention list; exit code 3 where one falls short")
      ->callback([&] { command = [&] { return salam::app::audit(config); }; });

  std::string copy;
  bool overwrite = false;
  auto* backup = program.add_subcommand(
      "backup",
      "Copy the store into FILE, beside a running gateway or without one. The copy is checked and synced before it gets its name; it holds "
      "personal data and is its owner's alone. Exit code 1: nothing was made, 2: the configuration is wrong");
  backup->add_option("file", copy, "Where to")->required();
  backup->add_flag("--overwrite", overwrite, "Replace a file of that name");
  backup->callback([&] { command = [&] { return salam::app::backup(config, copy, overwrite); }; });

  bool without_topic = false;
  auto* restore = program.add_subcommand(
      "restore",
      "Put the backup FILE in the place of the store; the gateway must be stopped. The backup is checked first; the replaced database is "
      "kept under a name that is printed. What may have been registered or texted since the backup was taken is looked up before it is "
      "sent "
      "again, or stands on the attention list; requests that came after it are listed, to be entered again. Exit code 0: restored, nothing "
      "came after the backup; 1: failed; 2: the configuration is wrong; 3: restored, but requests are to be entered again, or what knows "
      "of "
      "them could not be asked");
  restore->add_option("file", copy, "Made by `salam-gateway backup`")->required()->check(CLI::ExistingFile);
  restore->add_flag("--without-topic", without_topic,
                    "Restore though Kafka cannot be asked: events published shortly before the backup may be published again under the new "
                    "source, and what came after it is not listed");
  restore->callback([&] { command = [&] { return salam::app::restore(config, copy, without_topic); }; });

  auto* topics = program.add_subcommand("topics", "Kafka topics");
  topics->require_subcommand(1);
  topics->add_subcommand("create", "Create the configured topic where it is missing")->callback([&] {
    command = [&] { return salam::app::create_topic(config); };
  });

  auto* sms = program.add_subcommand("sms", "Text messages");
  sms->require_subcommand(1);
  sms->add_subcommand("preview", "Print every text that citizens may get, with an example's code, and how many SMS parts it takes")
      ->callback([&] { command = [&] { return salam::app::preview_texts(config); }; });

  auto* key = program.add_subcommand("key", "API keys, kept as digests in the keys file");
  key->require_subcommand(1);
  std::string file;
  std::string name;
  std::vector<std::string> scopes;
  key->add_option("--keys", file,
                  std::string("The keys file; without it, the one that the configuration names, or else ") + salam::app::default_keys_file)
      ->envname("SALAM_KEYS_FILE");
  const auto with_file = [&](auto work) {
    return [&, work] {
      if (file.empty()) file = salam::app::keys_file(config).value_or("");
      return file.empty() ? salam::app::exit_code::misconfigured : work();
    };
  };
  key->fallthrough();
  auto* create = key->add_subcommand("create", "Make a key and print it, once");
  create->add_option("name", name, "Who will use it")->required();
  create->add_option("--scope", scopes, "What it may do: intake, read, personal, operate, track, callback; may be repeated")->required();
  create->callback([&] { command = with_file([&] { return salam::app::create_key(file, name, scopes); }); });
  key->add_subcommand("list", "Show the keys: id, name, scopes, when made")->callback([&] {
    command = with_file([&] { return salam::app::list_keys(file); });
  });
  auto* revoke = key->add_subcommand("revoke", "Take a key back");
  revoke->add_option("name", name, "Its name or id")->required();
  revoke->callback([&] { command = with_file([&] { return salam::app::revoke_key(file, name); }); });

  ApiAccess access;
  salam::app::DueQuestion question;
  salam::app::Decision decision;
  salam::app::FormsOrder order;
  salam::app::ImportOrder import_order;
  add_officer_commands(program, access, question, decision, command);
  add_forms_command(program, access, order, command);
  add_import_command(program, access, import_order, command);
  salam::app::ReportOrder report;
  add_report_command(program, access, report, command);
  salam::app::InvitationOrder invitation;
  add_invite_command(program, access, invitation, command);

  program.add_subcommand("version", "Print the version")->callback([&] {
    command = [] {
      std::puts("salam-gateway " SALAM_VERSION);
      return 0;
    };
  });

  CLI11_PARSE(program, argc, argv);
  try {
    return command();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "salam-gateway: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
