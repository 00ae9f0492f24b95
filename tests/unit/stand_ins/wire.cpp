#include "tests/unit/stand_ins/wire.h"

#include <cerrno>
#include <cstdlib>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace salam::stand_ins::wire {

namespace {

std::size_t content_length(const std::string& head) {
  auto at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + 16, nullptr, 10);
}

}  // namespace

Connection::Connection(unsigned short port, int patience_ms) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  timeval patience{patience_ms / 1'000, (patience_ms % 1'000) * 1'000};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

Connection::~Connection() { close(socket_); }

Reply Connection::send(const std::string& bytes) {
  Reply reply;
  bool written = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0;
  if (!written) {
    reply.reset = errno == ECONNRESET;
    return reply;
  }
  std::string read;
  char chunk[4096];
  auto head_end = std::string::npos;
  while (head_end == std::string::npos || read.size() < head_end + 4 + content_length(reply.head)) {
    auto count = recv(socket_, chunk, sizeof chunk, 0);
    reply.reset = count < 0 && errno == ECONNRESET;
    if (count <= 0) break;
    read.append(chunk, static_cast<std::size_t>(count));
    head_end = read.find("\r\n\r\n");
    if (head_end != std::string::npos) reply.head = read.substr(0, head_end + 2);
  }
  if (head_end == std::string::npos) return reply;
  reply.status = std::atoi(reply.head.c_str() + 9);
  reply.body = read.substr(head_end + 4);
  return reply;
}

Reply Connection::call(const std::string& method, const std::string& target, const std::string& headers, const std::string& body) {
  std::string length = body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return send(method + " " + target + " HTTP/1.1\r\nHost: stand-in\r\n" + headers + length + "\r\n" + body);
}

unsigned short port_of(const std::string& url) {
  return static_cast<unsigned short>(std::atoi(url.c_str() + std::string("http://127.0.0.1:").size()));
}

}  // namespace salam::stand_ins::wire
