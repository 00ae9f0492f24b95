#include "tests/contract/kannel/kannel.h"

#include <array>
#include <csignal>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unicode/unistr.h>
#include <unistd.h>

#include "tests/stand_ins/text.h"

namespace salam::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr auto bearerbox_program = "/usr/sbin/bearerbox";
constexpr auto smsbox_program = "/usr/sbin/smsbox";
constexpr auto operator_program = "/usr/lib/kannel/test/fakesmsc";
constexpr std::chrono::seconds patience{20};

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// Ports that are free now, taken together so that they differ.
std::array<int, 4> free_ports() {
  std::array<int, 4> ports{};
  std::array<int, 4> sockets{};
  for (std::size_t i = 0; i < ports.size(); ++i) {
    sockets[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(sockets[i], generic, size) != 0 || getsockname(sockets[i], generic, &size) != 0) throw std::runtime_error("no free port");
    ports[i] = ntohs(address.sin_port);
  }
  for (const int each : sockets) close(each);
  return ports;
}

fs::path new_folder() {
  auto name = (fs::temp_directory_path() / "salam-kannel-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return name;
}

std::string content(const fs::path& file) {
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

bool listens(int port) {
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(port);
  const bool connected = connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(client);
  return connected;
}

/// Waits until `ready`; `log` holds what the program said if it never is.
void await(const std::string& what, Process& program, const fs::path& log, const std::function<bool()>& ready) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!ready()) {
    if (!program.running() || std::chrono::steady_clock::now() > give_up) {
      const auto all = content(log);
      throw std::runtime_error(what + ": " + (all.size() > 2'000 ? all.substr(all.size() - 2'000) : all));
    }
    std::this_thread::sleep_for(milliseconds{20});
  }
}

void end(std::unique_ptr<Process>& program) {
  if (!program) return;
  program->signal(SIGTERM);
  program->wait(std::chrono::seconds{3});
  program.reset();
}

std::vector<std::string> words_of(std::string_view line) {
  std::istringstream stream{std::string(line)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string bytes_of(const std::string& escaped) {
  const auto bytes = stand_ins::percent_decoded(escaped, true);
  if (!bytes) throw std::runtime_error("fakesmsc printed what is not percent-encoded: " + escaped);
  return *bytes;
}

std::string from_ucs2(const std::string& bytes) {
  std::string text;
  icu::UnicodeString(bytes.data(), static_cast<std::int32_t>(bytes.size()), "UTF-16BE").toUTF8String(text);
  return text;
}

/// One part of a text, as fakesmsc prints it: `<FROM TO ucs-2 TEXT>` or `<FROM TO udh HEADER data TEXT>`.
struct Part {
  std::string from;
  std::string to;
  std::string bytes;
  std::string header;  ///< 3GPP TS 23.040, 9.2.3.24.1: 05 00 03, reference, parts, number.
};

std::optional<Part> part_in(const std::string& line) {
  static constexpr std::string_view mark = "Got message ";
  const auto at = line.find(mark);
  const auto open = line.find('<', at == std::string::npos ? 0 : at);
  if (at == std::string::npos || open == std::string::npos || !line.ends_with('>')) return std::nullopt;
  const auto words = words_of(std::string_view(line).substr(open + 1, line.size() - open - 2));
  if (words.size() == 4 && words[2] == "ucs-2") return Part{words[0], words[1], bytes_of(words[3]), {}};
  if (words.size() == 6 && words[2] == "udh") return Part{words[0], words[1], bytes_of(words[5]), bytes_of(words[3])};
  throw std::runtime_error("fakesmsc got no UCS-2: " + line);
}

/// The parts of one text so far.
using Parts = std::map<char, std::string>;

}  // namespace

Kannel::Kannel() : folder_(new_folder()) {
  const auto ports = free_ports();
  admin_port_ = ports[0];
  smsbox_port_ = ports[1];
  operator_port_ = ports[2];
  sendsms_port_ = ports[3];
  write_configuration();
  bearerbox_ = std::make_unique<Process>(command(bearerbox_program), folder_ / "bearerbox.out");
  await("bearerbox did not start", *bearerbox_, folder_ / "bearerbox.out", [&] { return listens(admin_port_) && listens(operator_port_); });
  smsbox_ = std::make_unique<Process>(command(smsbox_program), folder_ / "smsbox.out");
  await("smsbox did not start", *smsbox_, folder_ / "smsbox.out", [&] { return listens(sendsms_port_); });
  connect_operator();
}

Kannel::~Kannel() {
  end(operator_);
  end(smsbox_);
  end(bearerbox_);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string Kannel::url() const { return "http://127.0.0.1:" + std::to_string(sendsms_port_) + "/cgi-bin/sendsms"; }

void Kannel::connect_operator() {
  const auto output = folder_ / "operator.out";
  const auto before = content(folder_ / "bearerbox.out").size();
  operator_ = std::make_unique<Process>(std::vector<std::string>{operator_program, "-H", "127.0.0.1", "-r", std::to_string(operator_port_),
                                                                 "-i", "1", "-m", "0", "123 234 text nop"},
                                        output);
  await("fakesmsc did not connect", *operator_, output,
        [&] { return content(folder_ / "bearerbox.out").find("client connected", before) != std::string::npos; });
}

void Kannel::disconnect_operator() {
  const auto before = content(folder_ / "bearerbox.out").size();
  end(operator_);
  await("the link stayed", *bearerbox_, folder_ / "bearerbox.out",
        [&] { return content(folder_ / "bearerbox.out").find("Closing connection", before) != std::string::npos; });
}

std::vector<ReceivedText> Kannel::received() const {
  std::ifstream output(folder_ / "operator.out");
  std::vector<ReceivedText> texts;
  std::map<std::string, Parts> open;
  for (std::string line; std::getline(output, line);) {
    const auto part = part_in(line);
    if (!part) continue;
    if (part->header.empty()) {
      texts.push_back({part->from, part->to, from_ucs2(part->bytes)});
      continue;
    }
    auto& parts = open[part->to + part->header.substr(3, 1)];
    parts[part->header.at(5)] = part->bytes;
    if (parts.size() < static_cast<std::size_t>(part->header.at(4))) continue;
    std::string whole;
    for (const auto& [number, bytes] : parts) whole += bytes;
    texts.push_back({part->from, part->to, from_ucs2(whole), static_cast<int>(parts.size())});
    parts.clear();
  }
  return texts;
}

/// Groups are separated by blank lines.
void Kannel::write_configuration() const {
  std::ofstream file(folder_ / "kannel.conf");
  file << "group = core\nadmin-port = " << admin_port_ << "\nadmin-interface = 127.0.0.1\nadmin-password = " << password
       << "\nadmin-deny-ip = \"*.*.*.*\"\nadmin-allow-ip = 127.0.0.1\nsmsbox-port = " << smsbox_port_
       << "\nsmsbox-interface = 127.0.0.1\nbox-deny-ip = \"*.*.*.*\"\nbox-allow-ip = 127.0.0.1\nstore-type = file\nstore-location = "
       << (folder_ / "store").string() << "\ndlr-storage = internal\n\n"
       << "group = smsc\nsmsc = fake\nsmsc-id = " << link << "\nallowed-smsc-id = " << link
       << "\nhost = 127.0.0.1\nport = " << operator_port_ << "\nconnect-allow-ip = 127.0.0.1\n\n"
       << "group = smsbox\nbearerbox-host = 127.0.0.1\nsendsms-port = " << sendsms_port_ << "\nsendsms-interface = 127.0.0.1\n\n"
       << "group = sendsms-user\nusername = " << username << "\npassword = " << password << "\nmax-messages = 20\nconcatenation = true\n\n"
       << "group = sms-service\nkeyword = default\ntext = no\nmax-messages = 0\n";
}

std::vector<std::string> Kannel::command(const std::string& program) const {
  return {program, "-v", "0", (folder_ / "kannel.conf").string()};
}

Kannel* shared_kannel(std::string& why) {
  static std::unique_ptr<Kannel> kannel;
  for (const auto* const program : {bearerbox_program, smsbox_program, operator_program}) {
    if (access(program, X_OK) == 0) continue;
    why = std::string(program) + " is not installed (apt-get install kannel kannel-extras)";
    return nullptr;
  }
  if (!kannel) kannel = std::make_unique<Kannel>();
  return kannel.get();
}

}  // namespace salam::test
