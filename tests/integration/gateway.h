#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/json/parse.h"
#include "tests/kafka/process.h"
#include "tests/stand_ins/stand_ins.h"
#include "tests/unit/http/wire_client.h"

namespace salam::test {

/// A folder of one test's own that goes with it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  void write(std::string_view name, std::string_view text) const;
  [[nodiscard]] std::string read(std::string_view name) const;

 private:
  std::filesystem::path path_;
};

/// An answer with its body read as JSON.
struct Reply {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string body;
  std::shared_ptr<json::Document> json;

  /// A header by its name in lower case; empty where there is none.
  [[nodiscard]] std::string header(const std::string& name) const;
  /// The text at a JSON Pointer; `(absent)` where there is none.
  [[nodiscard]] std::string at(std::string_view pointer) const;
  /// How many elements the array there has; 0 where there is none.
  [[nodiscard]] std::size_t count(std::string_view pointer) const;
  /// `at(member)` of every element of the array there.
  [[nodiscard]] std::vector<std::string> each(std::string_view pointer, std::string_view member = "") const;
};

/// What the bytes of a body or a control's answer say.
Reply read_reply(int status, std::string body);

using Headers = std::vector<std::pair<std::string, std::string>>;

/// One HTTP call on a connection of its own.
Reply call(unsigned short port, std::string_view method, std::string_view target, std::string_view body = {}, const Headers& headers = {});

/// The day in Tehran so many days from now, as `2026-11-24`.
std::string day(int from_today);

/// Waits until it holds; false after 20 s.
bool eventually(const std::function<bool()>& condition);

/// The gateway as it ships: a process of its own, in front of stand-ins.
class Gateway {
 public:
  struct Options {
    std::string more{};                            ///< TOML tables added to the configuration.
    std::string brokers{};                         ///< Kafka; empty: none.
    std::map<std::string, std::string> replace{};  ///< Lines of the configuration: `key in it` → other line.
    std::vector<std::string> through{};            ///< A program that starts it, with its arguments.
  };
  Gateway(const stand_ins::Addresses& addresses, Options options);
  explicit Gateway(const stand_ins::Addresses& addresses) : Gateway(addresses, Options{}) {}

  /// Starts it and waits until both listeners answer. Fails the test where it does not.
  void start();
  /// Changes its configuration for the next start. Fails the test where the text does not stand there.
  void set(std::string_view text, std::string_view with);
  /// SIGTERM; the exit code.
  int stop();
  void kill();
  /// The exit code once it has ended by itself, or by a signal sent before; -1 where it does not.
  int await_end();
  void signal(int number) const { process_->signal(number); }

  /// With the key that has every scope.
  Reply get(std::string_view target) const;
  Reply post(std::string_view target, std::string_view body, Headers headers = {}) const;
  Reply put(std::string_view target, std::string_view body) const;
  /// A correction; without `If-Match` where the tag is empty.
  Reply patch(std::string_view target, std::string_view body, std::string_view tag) const;
  Reply operations(std::string_view target) const;
  /// Makes the meeting `m` (region 5, in a week) known.
  void announce_meeting() const;
  /// A request of meeting `m` that 137 takes.
  [[nodiscard]] static std::string form(std::string_view number,
                                        std::string_view more = R"("citizen": {"name": "نمونه", "mobile": "09130001234"})");
  /// Posts it and returns the request's id.
  std::string take(std::string_view form_number) const { return take_in(form(form_number)); }
  std::string take_in(std::string_view body) const;
  [[nodiscard]] Reply request(const std::string& id) const { return get("/v1/requests/" + id); }
  /// What a person does, `settle` or `review` and the like, with an Idempotency-Key of its own.
  Reply act(const std::string& id, std::string_view action, std::string_view body) const;
  Reply settle(const std::string& id, std::string_view body) const { return act(id, "settle", body); }
  /// Of a dependency in /health; `(absent)` where there is none.
  [[nodiscard]] std::string dependency(std::string_view name, std::string_view member = "state") const;
  /// The attention list's reasons of this request.
  [[nodiscard]] std::vector<std::string> attention(const std::string& id) const { return request(id).each("/attention"); }
  [[nodiscard]] bool is_told(const std::string& id) const { return request(id).at("/told/code") != "(absent)"; }
  /// The first column of the first row that the database answers; for what no reply shows.
  std::string query(const std::string& sql) const;
  /// The audit's exit code.
  [[nodiscard]] int audit() const { return run({"audit"}).code; }
  [[nodiscard]] std::string state(const std::string& id) const { return get("/v1/requests/" + id).at("/state"); }

  struct Ran {
    int code = -1;
    std::string output;
  };
  /// Runs a command of the program with this configuration, to its end.
  [[nodiscard]] Ran run(std::vector<std::string> arguments) const;

  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] std::string key_with(const std::string& name, const std::vector<std::string>& scopes) const;
  [[nodiscard]] unsigned short api_port() const { return api_port_; }
  [[nodiscard]] unsigned short operations_port() const { return operations_port_; }
  [[nodiscard]] const Folder& folder() const { return folder_; }
  [[nodiscard]] std::string log() const { return folder_.read("gateway.log"); }

 private:
  [[nodiscard]] Headers authorized(Headers headers) const;
  [[nodiscard]] std::vector<std::string> command(std::vector<std::string> arguments) const;

  Folder folder_;
  std::vector<std::string> through_;
  std::string key_;
  std::unique_ptr<Process> process_;
  unsigned short api_port_ = 0;
  unsigned short operations_port_ = 0;
};

/// Stand-ins and a gateway in front of them.
class City {
 public:
  using Which = stand_ins::StandIns::Which;
  struct Options {
    stand_ins::Settings stand_ins{};
    Gateway::Options gateway{};
    bool start = true;
  };
  explicit City(Options options);
  City() : City(Options{}) {}

  stand_ins::StandIns& stand_ins() { return stand_ins_; }
  Gateway& gateway() { return gateway_; }
  Gateway* operator->() { return &gateway_; }
  const Gateway* operator->() const { return &gateway_; }

  /// As in tests/stand_ins/faults.h. Fails the test where the stand-in does not know it.
  void fault(Which which, std::string_view json);
  void heal(Which which);
  /// How often the stand-in's only fault struck.
  int strikes(Which which);
  Reply ledger(Which which, bool summary = false);
  /// How often the request stands in the system; its code there is the last one's.
  struct Registered {
    int times = 0;
    std::string code;
  };
  Registered registered(Which which, const std::string& id);
  /// The texts that went out to this number.
  std::vector<std::string> texts(std::string_view mobile);

 private:
  stand_ins::StandIns stand_ins_;
  Gateway gateway_;
};

}  // namespace salam::test
