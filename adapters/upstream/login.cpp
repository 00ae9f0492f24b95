#include "adapters/upstream/login.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <map>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "adapters/upstream/answer.h"

namespace salam::upstream {
namespace {

namespace asio = boost::asio;
using http_client::Failure;
using http_client::Response;
using Steady = std::chrono::steady_clock;

constexpr std::size_t max_token = 8192;
constexpr Milliseconds longest_margin = std::chrono::minutes(1);

/// What may stand in a header.
bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= max_token && std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string cookie_in(const Response& response, const std::string& name) {
  for (const auto& [field, value] : response.headers) {
    if (field == "set-cookie" && value.starts_with(name + "=")) return value.substr(name.size() + 1, value.find(';') - name.size() - 1);
  }
  return {};
}

/// Where several stand there, there is none that can be relied on.
std::string only_text_at(const ReplyPart& reply, const ReplyPath& path) {
  const auto values = reply.values_at(path);
  return values.size() == 1 && values.front().kind == ReplyValue::Kind::text ? values.front().text : std::string();
}

std::optional<Milliseconds> seconds_in(const std::string& text) {
  std::uint32_t seconds = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || rest != end) return std::nullopt;
  return std::chrono::seconds(seconds);
}

Failure refused(const Response& response, std::string_view why) {
  const bool transient = response.status == 408 || response.status == 429 || response.status >= 500;
  return {true, "login: HTTP " + std::to_string(response.status) + std::string(why), !transient};
}

bool needs_token(const http_client::Request& request) {
  return std::ranges::any_of(request.headers, [](const auto& header) { return header.second.find(token_mark) != std::string::npos; });
}

void put_token(http_client::Request& request, const std::string& token) {
  for (auto& [name, value] : request.headers) {
    if (const auto at = value.find(token_mark); at != std::string::npos) value.replace(at, token_mark.size(), token);
  }
}

struct Call {
  http_client::Request request;
  Steady::time_point deadline;
  http_client::Handler handler;
  std::uint64_t token_used = 0;  ///< Which token it was last sent with.
  bool waited = false;           ///< For a token: what it is sent with then is as new as can be.

  [[nodiscard]] Milliseconds left() const { return std::chrono::ceil<Milliseconds>(deadline - Steady::now()); }
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<http_client::Client> client, Login login, ReplyFormat format, Credentials credentials,
          asio::any_io_executor executor)
      : client_(std::move(client)),
        login_(std::move(login)),
        format_(format),
        credentials_(std::move(credentials)),
        executor_(std::move(executor)) {}

  void take(http_client::Request request, Milliseconds timeout, http_client::Handler handler) {
    if (!needs_token(request)) return client_->send(std::move(request), timeout, std::move(handler));
    Call call{std::move(request), Steady::now() + timeout, std::move(handler)};
    if (has_token()) {
      send(std::move(call));
    } else {
      wait(std::move(call));
    }
  }

 private:
  struct Waiting {
    Call call;
    asio::steady_timer timer;
  };

  [[nodiscard]] bool has_token() const { return !token_.empty() && Steady::now() < renew_at_; }

  void send(Call call) {
    call.token_used = token_number_;
    auto request = call.request;
    put_token(request, token_.reveal());
    const auto left = call.left();
    client_->send(std::move(request), left, [weak = weak_from_this(), call = std::move(call)](http_client::Outcome outcome) mutable {
      if (const auto self = weak.lock()) self->came_back(std::move(call), std::move(outcome));
    });
  }

  void came_back(Call call, http_client::Outcome outcome) {
    const auto* const response = std::get_if<Response>(&outcome);
    const bool refused_us = response != nullptr && std::ranges::find(login_.renew_on, response->status) != login_.renew_on.end();
    if (!refused_us || call.waited) return call.handler(std::move(outcome));
    if (call.token_used == token_number_) token_ = {};
    if (call.left() <= Milliseconds{0}) return call.handler(Failure{true, "login: no time left for a new one"});
    if (!has_token()) return wait(std::move(call));
    call.waited = true;
    send(std::move(call));
  }

  void wait(Call call) {
    call.waited = true;
    const auto id = ++last_waiting_;
    const auto left = call.left();
    auto& waiting = waiting_.emplace(id, Waiting{std::move(call), asio::steady_timer(executor_)}).first->second;
    waiting.timer.expires_at(waiting.call.deadline);
    waiting.timer.async_wait([weak = weak_from_this(), id](boost::system::error_code) {
      const auto self = weak.lock();
      if (auto late = self ? self->waiting_.extract(id) : decltype(waiting_)::node_type()) {
        late.mapped().call.handler(Failure{true, "login: no answer in time"});
      }
    });
    if (!logging_in_) log_in(left);
  }

  void log_in(Milliseconds within) {
    logging_in_ = true;
    client_->send(login_request(login_, format_, credentials_), within, [weak = weak_from_this()](const http_client::Outcome& outcome) {
      if (const auto self = weak.lock()) self->logged_in(outcome);
    });
  }

  void logged_in(const http_client::Outcome& outcome) {
    logging_in_ = false;
    if (const auto* const failure = std::get_if<Failure>(&outcome)) return give_up({true, "login: " + failure->why, failure->ours_to_mend});
    auto answer = token_in(std::get<Response>(outcome), login_, format_);
    if (const auto* const failure = std::get_if<Failure>(&answer)) return give_up(*failure);
    keep(std::get<Token>(std::move(answer)));
    for (auto& [id, waiting] : std::exchange(waiting_, {})) send(std::move(waiting.call));
  }

  void keep(Token token) {
    token_ = std::move(token.text);
    ++token_number_;
    const auto lifetime = token.lifetime ? token.lifetime : login_.lifetime;
    renew_at_ = lifetime ? Steady::now() + *lifetime - std::min(*lifetime / 10, longest_margin) : Steady::time_point::max();
  }

  void give_up(const Failure& failure) {
    for (auto& [id, waiting] : std::exchange(waiting_, {})) waiting.call.handler(failure);
  }

  std::shared_ptr<http_client::Client> client_;
  Login login_;
  ReplyFormat format_;
  Credentials credentials_;
  asio::any_io_executor executor_;
  Sensitive<std::string> token_;
  std::uint64_t token_number_ = 0;
  Steady::time_point renew_at_;
  bool logging_in_ = false;
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t last_waiting_ = 0;
};

class LoginClient final : public http_client::Client {
 public:
  explicit LoginClient(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  void send(http_client::Request request, std::chrono::milliseconds timeout, http_client::Handler handler) override {
    session_->take(std::move(request), timeout, std::move(handler));
  }

 private:
  std::shared_ptr<Session> session_;
};

}  // namespace

http_client::Request login_request(const Login& login, ReplyFormat format, const Credentials& credentials) {
  return message_of(login.call, format, [&](Placeholder placeholder) { return secret_of(placeholder, credentials); });
}

std::variant<Token, Failure> token_in(const Response& response, const Login& login, ReplyFormat format) {
  if (!is_success(response.status)) return refused(response, "");
  const auto reply = ReplyBody::read(response, format);
  const bool stands_in_body = login.token_header.empty() && login.token_cookie.empty();
  if (stands_in_body && !reply.readable()) return Failure{true, "login: the reply cannot be read"};
  Token token;
  token.text = Sensitive<std::string>(stands_in_body               ? only_text_at(reply.whole(), login.token)
                                      : login.token_header.empty() ? cookie_in(response, login.token_cookie)
                                                                   : std::string(response.header(login.token_header)));
  if (!is_token(token.text.reveal())) return refused(response, ", without a token where the mapping says");
  if (!login.expires_in.empty()) token.lifetime = seconds_in(only_text_at(reply.whole(), login.expires_in));
  return token;
}

std::unique_ptr<http_client::Client> make_login_client(std::shared_ptr<http_client::Client> client, Login login, ReplyFormat format,
                                                       Credentials credentials, const asio::any_io_executor& executor) {
  return std::make_unique<LoginClient>(
      std::make_shared<Session>(std::move(client), std::move(login), format, std::move(credentials), executor));
}

}  // namespace salam::upstream
