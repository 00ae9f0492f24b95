#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>

#include "tests/bench/bare.h"
#include "tests/bench/fill.h"
#include "tests/bench/whole_way.h"

namespace {

namespace bench = salam::bench;

std::string first_word(const std::string& file) {
  std::ifstream text(file);
  std::string word;
  if (!(text >> word)) throw std::runtime_error("nothing to read in " + file);
  return word;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("The parts of ./dev bench", "salam-bench");
  program.require_subcommand(1);

  unsigned short port = 0;
  auto* bare = program.add_subcommand("bare", "A bare Beast server that answers 202 to every request: what the gateway is compared with");
  bare->add_option("--port", port, "0: a free one, which is printed")->capture_default_str();

  bench::WholeWay settings;
  std::string key_file;
  auto* whole_way = program.add_subcommand("whole-way", "Post requests and wait until all are registered, told and published");
  whole_way->add_option("--api", settings.api, "host:port of the gateway's API")->required();
  whole_way->add_option("--operations", settings.operations, "host:port of its operations listener")->required();
  whole_way->add_option("--key-file", key_file, "A file with an API key of scope intake")->required();
  whole_way->add_option("--forms", settings.forms, "The file of forms")->required();
  whole_way->add_option("--requests", settings.requests, "How many")->capture_default_str();
  whole_way->add_option("--connections", settings.connections, "Over how many connections")->capture_default_str();
  whole_way->add_option("--gateway-pid", settings.gateway, "Whose memory and CPU time to tell")->required();
  whole_way->add_option("--stand-ins-pid", settings.stand_ins, "Whose CPU time to tell")->required();

  std::string store;
  std::string forms;
  std::size_t waiting = 1'000'000;
  auto* fill = program.add_subcommand("fill", "Fill a database with requests that wait");
  fill->add_option("--store", store, "The database's file")->required();
  fill->add_option("--forms", forms, "The file of forms")->required();
  fill->add_option("--requests", waiting, "How many")->capture_default_str();
  CLI11_PARSE(program, argc, argv);

  try {
    if (bare->parsed()) bench::serve_bare(port);
    if (fill->parsed()) bench::fill_store(store, forms, waiting);
    if (whole_way->parsed()) {
      settings.key = first_word(key_file);
      bench::measure_whole_way(settings);
    }
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "salam-bench: %s\n", failure.what());
    return 1;
  }
}
