#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>

#include <CLI/CLI.hpp>

#include "gateway/app/commands.h"
#include "gateway/app/settings.h"

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
  std::function<int()> command;

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

  auto* topics = program.add_subcommand("topics", "Kafka topics");
  topics->require_subcommand(1);
  topics->add_subcommand("create", "Create the configured topic where it is missing")->callback([&] {
    command = [&] { return salam::app::create_topic(config); };
  });

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
      return file.empty() ? salam::app::misconfigured : work();
    };
  };
  key->fallthrough();
  auto* create = key->add_subcommand("create", "Make a key and print it, once");
  create->add_option("name", name, "Who will use it")->required();
  create->add_option("--scope", scopes, "What it may do: intake, read, operate, track, callback; may be repeated")->required();
  create->callback([&] { command = with_file([&] { return salam::app::create_key(file, name, scopes); }); });
  key->add_subcommand("list", "Show the keys: id, name, scopes, when made")->callback([&] {
    command = with_file([&] { return salam::app::list_keys(file); });
  });
  auto* revoke = key->add_subcommand("revoke", "Take a key back");
  revoke->add_option("name", name, "Its name or id")->required();
  revoke->callback([&] { command = with_file([&] { return salam::app::revoke_key(file, name); }); });

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
