#include "adapters/upstream/factory.h"

#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>

#include "adapters/upstream/by_hand.h"
#include "adapters/upstream/http_upstream.h"
#include "adapters/upstream/login.h"
#include "adapters/upstream/mapping_file.h"
#include "adapters/upstream/open311_file.h"

namespace salam::upstream {
namespace {

Error invalid(std::string_view section, std::string_view key, std::string_view reason) {
  return {"upstream_invalid", std::string(section) + "." + std::string(key) + " " + std::string(reason)};
}

Result<std::string> read_text(const std::string& path, std::string_view section) {
  std::ifstream file(path, std::ios::binary);
  // A folder opens; only reading shows it.
  if (!file || (file.peek(), file.bad())) return invalid(section, "mapping_file", "cannot be read: " + path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// A protocol and what feeds it.
struct Prepared {
  std::shared_ptr<const Protocol> protocol;
  std::shared_ptr<ServiceCatalogue> catalogue;
  std::optional<ServiceListSource> service_list;
  std::optional<Login> login;
  ReplyFormat reply_format = ReplyFormat::json;
};

Credentials credentials_of(const Settings& settings) { return {settings.api_key, settings.user, settings.password}; }

/// A call that goes out without the name or password it asks for is refused at best.
Result<void> check_credentials(const Mapping& mapping, const Settings& settings, std::string_view section) {
  const auto missing = [&](Placeholder placeholder, const Sensitive<std::string>& value) {
    return mapping.uses(placeholder) && value.empty();
  };
  if (missing(Placeholder::user, settings.user))
    return invalid(section, "user", "(or user_file) is missing: the mapping file names {{user}}");
  if (missing(Placeholder::password, settings.password)) {
    return invalid(section, "password", "(or password_file) is missing: the mapping file names {{password}}");
  }
  return {};
}

Result<Prepared> prepare_open311(const Settings& settings, std::string_view section) {
  if (settings.default_service_code.empty()) {
    return invalid(section, "default_service_code", "is missing: Open311 takes no request without a service code");
  }
  Open311Settings open311;
  if (!settings.mapping_file.empty()) {
    const auto text = read_text(settings.mapping_file, section);
    if (!text) return text.error();
    auto read = parse_open311(*text, settings.mapping_file);
    if (!read) return read.error();
    open311 = std::move(*read);
  }
  open311.api_key = settings.api_key;
  Prepared prepared;
  prepared.catalogue = std::make_shared<ServiceCatalogue>(settings.service_codes, settings.default_service_code);
  prepared.service_list = {open311.format, open311.jurisdiction_id};
  prepared.protocol = make_open311(std::move(open311), prepared.catalogue);
  return prepared;
}

Result<Prepared> prepare_mapped(const Settings& settings, std::string_view section) {
  if (settings.mapping_file.empty()) return invalid(section, "mapping_file", "is missing: the mapped driver needs it");
  const auto text = read_text(settings.mapping_file, section);
  if (!text) return text.error();
  auto mapping = parse_mapping(*text, settings.mapping_file);
  if (!mapping) return mapping.error();
  if (const auto complete = check_credentials(*mapping, settings, section); !complete) return complete.error();
  Prepared prepared;
  prepared.login = mapping->login;
  prepared.reply_format = mapping->reply_format;
  prepared.catalogue = std::make_shared<ServiceCatalogue>(settings.service_codes, settings.default_service_code);
  prepared.protocol = make_mapped_http(std::move(*mapping), credentials_of(settings), prepared.catalogue);
  return prepared;
}

Result<Prepared> prepare(const Settings& settings, std::string_view section) {
  if (settings.driver == DriverKind::by_hand) return Prepared{};
  if (!settings.base_url.starts_with("http://") && !settings.base_url.starts_with("https://")) {
    return invalid(section, "base_url", "must begin with https:// (or http://, where the network is the city's own)");
  }
  if (settings.call_deadline <= Milliseconds{0}) return invalid(section, "call_deadline", "must be more than nothing");
  return settings.driver == DriverKind::open311 ? prepare_open311(settings, section) : prepare_mapped(settings, section);
}

Result<std::shared_ptr<http_client::Client>> client_of(const Prepared& prepared, const Settings& settings, std::string_view section,
                                                       const boost::asio::any_io_executor& io) {
  http_client::Settings http{settings.endpoint()};
  http.max_connections = settings.max_connections;
  try {
    std::shared_ptr<http_client::Client> client = http_client::make_client(http, io);
    if (prepared.login) client = make_login_client(std::move(client), *prepared.login, prepared.reply_format, credentials_of(settings), io);
    return client;
  } catch (const std::runtime_error& error) {
    return Error{"upstream_invalid", std::string(section) + ": " + error.what()};
  }
}

}  // namespace

std::string_view to_string(DriverKind kind) {
  switch (kind) {
    case DriverKind::open311:
      return "open311";
    case DriverKind::mapped:
      return "mapped";
    case DriverKind::by_hand:
      return "by_hand";
  }
  return "";
}

std::optional<DriverKind> parse_driver_kind(std::string_view text) {
  for (const auto kind : {DriverKind::open311, DriverKind::mapped, DriverKind::by_hand}) {
    if (text == to_string(kind)) return kind;
  }
  return std::nullopt;
}

Result<void> check(const Settings& settings, std::string_view section) {
  const auto prepared = prepare(settings, section);
  return prepared ? Result<void>() : Result<void>(prepared.error());
}

Result<Connection> connect(const Settings& settings, std::string_view section, const boost::asio::any_io_executor& io) {
  auto prepared = prepare(settings, section);
  if (!prepared) return prepared.error();
  if (!prepared->protocol) return Connection{};
  auto client = client_of(*prepared, settings, section, io);
  if (!client) return client.error();
  return Connection{std::move(prepared->protocol), std::move(*client)};
}

Result<std::unique_ptr<Upstream>> make(const Settings& settings, std::string_view section, const boost::asio::any_io_executor& io,
                                       Executor& core, ServiceListListener listener) {
  if (settings.driver == DriverKind::by_hand) return make_by_hand(core);
  auto prepared = prepare(settings, section);
  if (!prepared) return prepared.error();
  auto connected = client_of(*prepared, settings, section, io);
  if (!connected) return connected.error();
  auto& client = *connected;
  if (prepared->service_list) {
    keep_service_list(client, *prepared->service_list, settings.call_deadline, prepared->catalogue, core, std::move(listener));
  }
  UpstreamTraits traits;
  traits.settle_after = settings.settle_after;
  traits.call_deadline = settings.call_deadline;
  traits.takes_files = settings.max_file_bytes;
  traits.amendment_takes_files = settings.max_file_bytes;
  return make_http_upstream(traits, std::move(prepared->protocol), std::move(client), core);
}

}  // namespace salam::upstream
