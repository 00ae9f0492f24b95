#include "adapters/upstream/held.h"

#include <optional>
#include <utility>
#include <variant>

#include <boost/asio/io_context.hpp>

#include "adapters/upstream/factory.h"

namespace salam::upstream {
namespace {

Result<http_client::Response> ask(http_client::Client& client, http_client::Request request, Milliseconds deadline,
                                  boost::asio::io_context& io) {
  std::optional<http_client::Outcome> answer;
  client.send(std::move(request), deadline, [&](http_client::Outcome outcome) { answer = std::move(outcome); });
  while (!answer) {
    if (io.stopped()) io.restart();
    io.run_one();
  }
  if (const auto* const failure = std::get_if<http_client::Failure>(&*answer)) return Error{"list_unreadable", failure->why};
  return std::get<http_client::Response>(std::move(*answer));
}

}  // namespace

Result<std::vector<Held>> list_held(const Settings& settings, std::string_view section, Timestamp since,
                                    const std::function<void(std::size_t)>& progress) {
  boost::asio::io_context io(1);
  auto connection = connect(settings, section, io.get_executor());
  if (!connection) return std::move(connection).error();
  const auto listing = connection->protocol ? connection->protocol->list(since) : nullptr;
  if (!listing) return Error{"cannot_list", "its driver (" + std::string(to_string(settings.driver)) + ") has no list of requests"};
  std::vector<Held> held;
  while (true) {
    const auto response = ask(*connection->client, listing->request(), settings.call_deadline, io);
    if (!response) return response.error();
    const auto more = listing->feed(*response, held);
    if (!more) return more.error();
    progress(held.size());
    if (!*more) return held;
  }
}

}  // namespace salam::upstream
