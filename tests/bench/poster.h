#pragma once

#include <cstddef>
#include <functional>
#include <string>

/// The load of the whole way.
namespace salam::bench {

struct Posted {
  std::size_t put_off = 0;  ///< Answers 429 and 503; those requests were sent again until they were taken.
};

/// Posts `count` bodies to /v1/requests over so many keep-alive connections, each as fast as it is answered; returns once all are taken.
/// `address` is host:port of an IP address. Throws std::runtime_error at any answer but 202, 429 and 503, and where a connection fails.
Posted post_all(const std::string& address, const std::string& key, std::size_t connections, std::size_t count,
                const std::function<std::string(std::size_t)>& body);

/// One exchange on a connection of its own; the reply's body. Throws std::runtime_error where its status is not 2xx.
std::string exchange(const std::string& address, const std::string& method, const std::string& path, const std::string& key,
                     const std::string& body);

}  // namespace salam::bench
