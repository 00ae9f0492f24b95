#include "tests/unit/http_client/server.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace salam::http_client {
namespace {

void require(bool fact, const char* what) {
  if (!fact) {
    throw std::runtime_error(what);
  }
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int listening(int backlog) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const auto address = loopback(0);
  require(bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "bind");
  require(listen(socket, backlog) == 0, "listen");
  return socket;
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  require(getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  return ntohs(address.sin_port);
}

X509* self_signed(EVP_PKEY* key, const std::string& host) {
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + host).c_str());
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  require(X509_sign(certificate, key, EVP_sha256()) > 0, "X509_sign");
  return certificate;
}

template <class Write>
std::string pem_file(const Write& write) {
  std::string path = (getenv("TMPDIR") != nullptr ? std::string(getenv("TMPDIR")) : std::string("/tmp")) + "/salam-test-pem-XXXXXX";
  const int descriptor = mkstemp(path.data());
  require(descriptor >= 0, "mkstemp");
  FILE* out = fdopen(descriptor, "w");
  require(write(out) == 1, "writing PEM");
  fclose(out);
  return path;
}

/// Whether something could be passed on.
bool pass(int from, int to) {
  char chunk[4096];
  const long got = recv(from, chunk, sizeof chunk, 0);
  return got > 0 && ::send(to, chunk, static_cast<std::size_t>(got), MSG_NOSIGNAL) == got;
}

std::size_t content_length(const std::string& header) {
  const auto at = header.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::stoul(header.substr(at + 16));
}

}  // namespace

Certificate::Certificate(const std::string& host) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = self_signed(key, host);
  file_ = pem_file([&](FILE* out) { return PEM_write_X509(out, certificate); });
  key_file_ = pem_file([&](FILE* out) { return PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
  server_ = SSL_CTX_new(TLS_server_method());
  require(SSL_CTX_use_certificate(server_, certificate) == 1 && SSL_CTX_use_PrivateKey(server_, key) == 1, "certificate");
  X509_free(certificate);
  EVP_PKEY_free(key);
}

Certificate::~Certificate() {
  SSL_CTX_free(server_);
  unlink(file_.c_str());
  unlink(key_file_.c_str());
}

void Certificate::take_only(const Certificate& client) {
  require(SSL_CTX_load_verify_locations(server_, client.file().c_str(), nullptr) == 1, "SSL_CTX_load_verify_locations");
  SSL_CTX_set_verify(server_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

Peer::~Peer() {
  if (tls_ != nullptr) {
    SSL_shutdown(tls_);
    SSL_free(tls_);
  }
}

long Peer::receive(char* into, std::size_t size) {
  return tls_ != nullptr ? SSL_read(tls_, into, static_cast<int>(size)) : recv(socket_, into, size, 0);
}

std::string Peer::read_request() {
  char chunk[4096];
  for (;;) {
    if (const auto end = buffered_.find("\r\n\r\n"); end != std::string::npos) {
      const auto size = end + 4 + content_length(buffered_.substr(0, end));
      if (buffered_.size() >= size) {
        std::string request = buffered_.substr(0, size);
        buffered_.erase(0, size);
        return request;
      }
    }
    const long got = receive(chunk, sizeof chunk);
    if (got <= 0) {
      return {};
    }
    buffered_.append(chunk, static_cast<std::size_t>(got));
  }
}

bool Peer::write(const std::string& text) {
  if (tls_ != nullptr) {
    return SSL_write(tls_, text.data(), static_cast<int>(text.size())) > 0;
  }
  return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<long>(text.size());
}

bool Peer::reply(const std::string& body, const std::string& headers) {
  return write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body);
}

void Peer::echo() {
  for (auto request = read_request(); !request.empty(); request = read_request()) {
    reply(request.substr(request.find("\r\n\r\n") + 4));
  }
}

void Peer::hang() {
  char thrown_away[4096];
  while (recv(socket_, thrown_away, sizeof thrown_away, 0) > 0) {
  }
}

bool Peer::gone_within(int milliseconds) {
  pollfd watched{socket_, POLLIN | POLLRDHUP, 0};
  return poll(&watched, 1, milliseconds) > 0 && (watched.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void Peer::await_first_byte() {
  char byte = 0;
  (void)recv(socket_, &byte, 1, MSG_PEEK);
}

void Peer::tunnel_to(std::uint16_t port) {
  const int other = ::socket(AF_INET, SOCK_STREAM, 0);
  const auto address = loopback(port);
  require(connect(other, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "connect");
  pollfd watched[] = {{socket_, POLLIN, 0}, {other, POLLIN, 0}};
  for (bool open = true; open;) {
    poll(watched, 2, -1);
    for (int i = 0; i < 2 && open; ++i) {
      if (watched[i].revents != 0) open = pass(watched[i].fd, watched[1 - i].fd);
    }
  }
  close(other);
}

void Peer::reset() {
  const linger hard{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

void Peer::cut() { shutdown(socket_, SHUT_RDWR); }

std::string Peer::server_name() const {
  const char* name = SSL_get_servername(tls_, TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? "" : name;
}

Server::Server(Script script, const Certificate* certificate)
    : script_(std::move(script)),
      tls_(certificate == nullptr ? nullptr : certificate->server()),
      listener_(listening(16)),
      port_(port_of(listener_)),
      acceptor_([this] { accept_all(); }) {
  std::signal(SIGPIPE, SIG_IGN);
}

Server::~Server() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : open_) {
      shutdown(socket, SHUT_RDWR);
    }
  }
  for (auto& thread : threads_) {
    thread.join();
  }
}

void Server::accept_all() {
  for (int socket = accept(listener_, nullptr, nullptr); socket >= 0; socket = accept(listener_, nullptr, nullptr)) {
    ++connections_;
    const std::lock_guard lock(mutex_);
    open_.push_back(socket);
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void Server::serve(int socket) {
  {
    SSL* tls = tls_ == nullptr ? nullptr : SSL_new(tls_);
    if (tls != nullptr) {
      SSL_set_fd(tls, socket);
    }
    Peer peer(socket, tls);
    if (tls == nullptr || SSL_accept(tls) == 1) {
      script_(peer);
    } else {
      peer.hang();  // So that the alert reaches the client, and not a reset.
    }
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, socket);
  close(socket);
  ++ended_;
  changed_.notify_all();
}

void Server::wait_for_ended(int connections) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_ >= connections; });
}

std::string Server::url(const std::string& scheme, const std::string& host) const {
  return scheme + "://" + host + ":" + std::to_string(port_);
}

std::uint16_t closed_port() {
  const int socket = listening(1);
  const auto port = port_of(socket);
  close(socket);
  return port;
}

FullPort::FullPort() : sockets_{listening(0)}, port_(port_of(sockets_.front())) {
  const auto address = loopback(port_);
  for (int i = 0; i < 4; ++i) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    (void)connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    sockets_.push_back(socket);
  }
}

FullPort::~FullPort() {
  for (const int socket : sockets_) {
    close(socket);
  }
}

}  // namespace salam::http_client
