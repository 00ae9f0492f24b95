#include "gateway/app/endpoint_settings.h"

namespace salam::app {

void read_endpoint(config::Section& section, http_client::Endpoint& endpoint) {
  endpoint.base_url = section.string("base_url", endpoint.base_url);
  endpoint.ca_file = section.path("ca_file", "");
  endpoint.client_certificate = section.path("client_certificate", "");
  endpoint.client_key = section.path("client_key", "");
  endpoint.proxy = section.string("proxy", "");
  endpoint.proxy_authorization = Sensitive<std::string>(section.secret("proxy_authorization"));
}

void check_endpoint(const http_client::Endpoint& endpoint, config::Section section) {
  if (const auto misfit = http_client::check(endpoint)) section.wrong(misfit->key, misfit->why);
}

}  // namespace salam::app
