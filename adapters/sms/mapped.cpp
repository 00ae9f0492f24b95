#include "adapters/sms/mapped.h"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "adapters/sms/caller.h"
#include "adapters/sms/mapped_file.h"
#include "adapters/upstream/login.h"

namespace salam::sms {
namespace {

using upstream::Placeholder;

mapped::Mapping read_mapping(const std::string& path) {
  if (path.empty()) throw std::runtime_error("a mapped SMS panel needs a mapping file");
  std::ifstream file(path, std::ios::binary);
  // A folder opens; only reading shows it.
  if (!file || (file.peek(), file.bad())) throw std::runtime_error("the mapping file cannot be read: " + path);
  auto mapping = mapped::parse_mapping(std::string(std::istreambuf_iterator<char>(file), {}), path);
  if (!mapping) throw std::runtime_error(mapping.error().message);
  return std::move(*mapping);
}

void check(const mapped::Mapping& mapping, const mapped::Account& account, const std::string& file) {
  const auto need = [&](Placeholder placeholder, std::string_view name, bool given) {
    if (mapping.uses(placeholder) && !given) {
      throw std::runtime_error(file + " uses {{" + std::string(name) + "}}, but the configuration gives no " + std::string(name));
    }
  };
  need(Placeholder::api_key, "api_key", !account.credentials.api_key.empty());
  need(Placeholder::user, "user", !account.credentials.user.empty());
  need(Placeholder::password, "password", !account.credentials.password.empty());
  need(Placeholder::sender, "sender", !account.sender.empty());
}

SmsTraits traits_of(const mapped::Mapping& mapping, Milliseconds timeout) {
  SmsTraits traits;
  traits.deduplicates = mapping.deduplicates_for.has_value();
  traits.deduplicates_for = mapping.deduplicates_for.value_or(Milliseconds(0));
  traits.uncertain_for = mapping.uncertain_for.value_or(traits.uncertain_for);
  traits.status_batch = mapping.status.batch;
  traits.call_deadline = timeout;
  return traits;
}

class Mapped final : public SmsProvider {
 public:
  Mapped(std::shared_ptr<const mapped::Mapping> mapping, mapped::Account account, std::unique_ptr<http_client::Client> client,
         Milliseconds timeout)
      : mapping_(std::move(mapping)),
        account_(std::move(account)),
        traits_(traits_of(*mapping_, timeout)),
        caller_(std::move(client), timeout, {account_.credentials.api_key, account_.credentials.password}) {}

  [[nodiscard]] const SmsTraits& traits() const override { return traits_; }

  void send(const Message& message, Handler<SendOutcome> handler) override {
    if (!mapped::can_send(*mapping_, message.kind)) {
      return handler({outcome::Rejected{"the panel's mapping has no [send], and no template for such a text"}, {}, {}});
    }
    auto read = [mapping = mapping_, message](const HttpReply& reply) { return mapped::read_send(*mapping, reply, message); };
    caller_.call<SendOutcome>(mapped::send_request(*mapping_, account_, message), std::move(read), std::move(handler));
  }

  void status(std::vector<std::string> provider_ids, Handler<StatusOutcome> handler) override {
    auto request = mapped::status_request(*mapping_, account_, provider_ids);
    auto read = [mapping = mapping_, ids = std::move(provider_ids)](const HttpReply& reply) {
      return mapped::read_status(*mapping, reply, ids);
    };
    caller_.call<StatusOutcome>(std::move(request), std::move(read), std::move(handler));
  }

 private:
  std::shared_ptr<const mapped::Mapping> mapping_;
  mapped::Account account_;
  SmsTraits traits_;
  Caller caller_;
};

}  // namespace

std::unique_ptr<SmsProvider> make_mapped(const MappedSettings& settings, std::unique_ptr<http_client::Client> client,
                                         const boost::asio::any_io_executor& executor) {
  auto mapping = std::make_shared<const mapped::Mapping>(read_mapping(settings.mapping_file));
  mapped::Account account{{settings.api_key, settings.user, settings.password}, settings.sender};
  check(*mapping, account, settings.mapping_file);
  if (mapping->login) {
    client = upstream::make_login_client(std::move(client), *mapping->login, mapping->reply_format, account.credentials, executor);
  }
  return std::make_unique<Mapped>(std::move(mapping), std::move(account), std::move(client), settings.timeout);
}

std::unique_ptr<SmsProvider> make_mapped(const MappedSettings& settings, const boost::asio::any_io_executor& executor) {
  return make_mapped(settings, make_client(settings, executor), executor);
}

}  // namespace salam::sms
