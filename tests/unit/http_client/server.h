#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

namespace salam::http_client {

/// A self-signed certificate for one host name, made on the spot.
class Certificate {
 public:
  explicit Certificate(const std::string& host);
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  [[nodiscard]] const std::string& file() const { return file_; }          ///< PEM, for the client to trust.
  [[nodiscard]] const std::string& key_file() const { return key_file_; }  ///< PEM, for a client to show itself with.
  /// The server with this certificate then takes only clients that show that one.
  void take_only(const Certificate& client);
  [[nodiscard]] SSL_CTX* server() const { return server_; }

 private:
  std::string file_;
  std::string key_file_;
  SSL_CTX* server_;
};

/// The server's end of one connection.
class Peer {
 public:
  Peer(int socket, SSL* tls) : socket_(socket), tls_(tls) {}
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// Header and body (by Content-Length) of the next request; empty once the client has gone.
  std::string read_request();
  /// Whether the client is still there to take it.
  bool write(const std::string& text);
  bool reply(const std::string& body, const std::string& headers = {});
  /// Answers each request with what it has as body, until the client goes.
  void echo();
  /// Blocks until the client has gone; what it sends meanwhile is thrown away.
  void hang();
  /// Whether the client left within the milliseconds.
  bool gone_within(int milliseconds);
  /// Leaves it unread.
  void await_first_byte();
  /// Connects to the port on 127.0.0.1 and passes bytes both ways until one side ends: what a proxy does once it has agreed.
  void tunnel_to(std::uint16_t port);
  /// Closes with RST.
  void reset();
  /// Ends the TCP connection without TLS's own farewell.
  void cut();
  [[nodiscard]] std::string server_name() const;

 private:
  long receive(char* into, std::size_t size);

  int socket_;
  SSL* tls_;
  std::string buffered_;
};

/// Listens on 127.0.0.1 and runs the script for each connection, each in its thread.
class Server {
 public:
  using Script = std::function<void(Peer&)>;
  explicit Server(Script script, const Certificate* certificate = nullptr);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url(const std::string& scheme = "http", const std::string& host = "127.0.0.1") const;
  [[nodiscard]] int connections() const { return connections_; }
  /// Blocks until that many scripts have ended and their connections are closed.
  void wait_for_ended(int connections);

 private:
  void accept_all();
  void serve(int socket);

  Script script_;
  SSL_CTX* tls_;
  int listener_;
  std::uint16_t port_;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  int ended_ = 0;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A port on 127.0.0.1 that refuses, and one whose SYNs are dropped.
std::uint16_t closed_port();
class FullPort {
 public:
  FullPort();
  ~FullPort();
  FullPort(const FullPort&) = delete;
  FullPort& operator=(const FullPort&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::vector<int> sockets_;
  std::uint16_t port_;
};

}  // namespace salam::http_client
