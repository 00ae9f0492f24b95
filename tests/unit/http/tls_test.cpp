#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/http/server_fixture.h"

namespace salam::test {
namespace {

struct Files {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("salam-tls-" + std::to_string(getpid()));
  std::string certificate = folder / "certificate.pem";
  std::string key = folder / "key.pem";

  Files() {
    std::filesystem::create_directories(folder);
    EVP_PKEY* pair = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -60);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, pair);
    X509_set_issuer_name(x509, X509_get_subject_name(x509));
    X509_sign(x509, pair, EVP_sha256());
    write(certificate, [&](std::FILE* file) { PEM_write_X509(file, x509); });
    write(key, [&](std::FILE* file) { PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr); });
    X509_free(x509);
    EVP_PKEY_free(pair);
  }
  ~Files() { std::filesystem::remove_all(folder); }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  template <class Writer>
  static void write(const std::string& path, Writer writer) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    writer(file);
    std::fclose(file);
  }
};

class TlsClient {
 public:
  TlsClient(unsigned short port, int highest_version)
      : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    SSL_CTX_set_max_proto_version(context_.get(), highest_version);
    SSL_CTX_set_security_level(context_.get(), 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    tls_ = {SSL_new(context_.get()), SSL_free};
    SSL_set_fd(tls_.get(), socket_);
  }
  ~TlsClient() { close(socket_); }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool shake_hands() { return SSL_connect(tls_.get()) == 1; }
  std::string ask(const std::string& request) {
    SSL_write(tls_.get(), request.data(), static_cast<int>(request.size()));
    std::string answer;
    std::array<char, 4096> piece{};
    for (int length = 0; (length = SSL_read(tls_.get(), piece.data(), piece.size())) > 0;) {
      answer.append(piece.data(), static_cast<std::size_t>(length));
    }
    closed_properly_ = (SSL_get_shutdown(tls_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
    return answer;
  }
  [[nodiscard]] bool closed_properly() const { return closed_properly_; }

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, SSL_free};
  int socket_;
  bool closed_properly_ = false;
};

class Tls : public ServerTest {
 protected:
  Files files_;
};

TEST_F(Tls, CarriesRequestsAndSaysGoodbye) {
  start({.tls_certificate = files_.certificate, .tls_key = files_.key});
  TlsClient client(server_->port(), TLS1_3_VERSION);
  ASSERT_TRUE(client.shake_hands());
  const std::string body(100'000, 'x');
  const auto answer =
      client.ask(std::string(get) + post("{}") + post(body) + "GET /v1/meetings HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_NE(answer.find("HTTP/1.1 200 OK"), std::string::npos);
  EXPECT_NE(answer.find("HTTP/1.1 202 Accepted"), std::string::npos);
  EXPECT_NE(answer.find("HTTP/1.1 413 "), std::string::npos);
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(client.closed_properly());
}

TEST_F(Tls, RefusesVersionsBelow12) {
  start({.tls_certificate = files_.certificate, .tls_key = files_.key});
  EXPECT_FALSE(TlsClient(server_->port(), TLS1_1_VERSION).shake_hands());
  EXPECT_TRUE(TlsClient(server_->port(), TLS1_2_VERSION).shake_hands());
}

TEST_F(Tls, ClosesWhereTheHandshakeNeverComes) {
  start({.tls_certificate = files_.certificate, .tls_key = files_.key, .header_timeout = std::chrono::milliseconds(40)});
  WireClient client(server_->port());
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Tls, SurvivesPlainHttpOnItsPort) {
  start({.tls_certificate = files_.certificate, .tls_key = files_.key});
  WireClient client(server_->port());
  client.ask(get);
  TlsClient other(server_->port(), TLS1_3_VERSION);
  EXPECT_TRUE(other.shake_hands());
}

}  // namespace
}  // namespace salam::test
