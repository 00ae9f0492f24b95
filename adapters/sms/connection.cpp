#include "adapters/sms/connection.h"

namespace salam::sms {

std::unique_ptr<http_client::Client> make_client(const Connection& connection, const boost::asio::any_io_executor& executor) {
  http_client::Settings client{connection.endpoint()};
  client.max_connections = connection.max_connections;
  client.max_body = 1024 * 1024;
  return http_client::make_client(client, executor);
}

}  // namespace salam::sms
