#include "tests/unit/http/wire_client.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace salam::test {
namespace {

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Answer parse_header(std::string_view header) {
  Answer answer;
  answer.status = std::stoi(std::string(header.substr(9, 3)));
  for (auto line = header.find("\r\n"); line != std::string_view::npos && line + 2 < header.size(); line = header.find("\r\n", line + 2)) {
    const auto end = std::min(header.find("\r\n", line + 2), header.size());
    const auto field = header.substr(line + 2, end - line - 2);
    const auto colon = field.find(": ");
    if (colon != std::string_view::npos) answer.headers[lower_case(std::string(field.substr(0, colon)))] = field.substr(colon + 2);
  }
  return answer;
}

}  // namespace

WireClient::WireClient(unsigned short port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{20, 0};
  const int on = 1;
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(socket_);
    throw std::runtime_error("cannot connect");
  }
}

WireClient::~WireClient() { close(socket_); }

bool WireClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool WireClient::fill() {
  std::array<char, 64 * 1024> piece{};
  const auto length = recv(socket_, piece.data(), piece.size(), 0);
  if (length <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(length));
  return true;
}

Answer WireClient::read(bool to_head) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return {};
  }
  Answer answer = parse_header(std::string_view(buffer_).substr(0, end));
  buffer_.erase(0, end + 4);
  const auto length = answer.headers.find("content-length");
  const std::size_t size = to_head || length == answer.headers.end() ? 0 : std::stoul(length->second);
  while (buffer_.size() < size) {
    if (!fill()) return {};
  }
  answer.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return answer;
}

bool WireClient::has_something_within(std::chrono::milliseconds wait) {
  pollfd watched{socket_, POLLIN, 0};
  return poll(&watched, 1, static_cast<int>(wait.count())) > 0;
}

bool WireClient::is_closed() {
  char byte = 0;
  return buffer_.empty() && recv(socket_, &byte, 1, 0) == 0;
}

void WireClient::shut_sending() { shutdown(socket_, SHUT_WR); }

}  // namespace salam::test
