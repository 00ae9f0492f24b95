#include "gateway/api/attachments.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "gateway/api/context.h"
#include "gateway/api/same_secret.h"
#include "gateway/http/field_values.h"
#include "gateway/json/intake.h"
#include "gateway/json/views.h"
#include "gateway/store/attachment_files.h"

namespace salam::api {
namespace {

constexpr std::string_view file_types = "image/jpeg, image/png, image/webp, application/pdf";
constexpr std::size_t link_limit = 64 * 1024;
constexpr std::size_t token_length = 32;

std::string announced_type(const http::Request& request) {
  std::optional<std::string_view> field = request.header("content-type");
  std::string type(http::next_part(field, ';').value_or(""));
  std::ranges::transform(type, type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return type;
}

/// Refuses by itself and returns nothing where the name is none.
std::optional<std::string> name_of(const http::Request& request, const http::Reply& reply) {
  for (const auto& [name, value] : request.query) {
    if (name == "name") continue;
    refuse_parameter(request, reply, name, "no such parameter; known is name");
    return {};
  }
  const auto text = request.query_value("name");
  if (!text) return std::string();
  auto name = parse_file_name(*text);
  if (!name) refuse_parameter(request, reply, "name", "1 to 100 characters, without a path, control characters and direction marks");
  return name;
}

std::string token_of(const store::Store& store, std::string_view digest) {
  return store.keyed_hash("media", digest).substr(0, token_length);
}

/// So many attachments were announced; nothing where the registration waits for none.
std::optional<int> announced(const Context& context, RequestKey key) {
  return context.policy.wait_for_attachments.count() > 0 ? json::announced_attachments(context.store.original(key)) : std::nullopt;
}

/// What else comes of it.
Transition consequence(const Context& context, RequestKey key) {
  const lifecycle::Moment moment{.now = context.clock.now(), .jitter = 0, .random_bits = 0, .attempt = {}};
  return [policy = &context.policy, moment, expected = announced(context, key)](const Record& record) {
    return lifecycle::attached(record, expected && record.request.attachments >= *expected, *policy, moment);
  };
}

http::Response receipt(const store::Attached& attached, const std::string& location) {
  auto response = json_response(attached.fresh ? 201 : 200, json::attachment_view(attached.attachment));
  response.headers.emplace_back("Location", location + '/' + attached.attachment.digest);
  return response;
}

/// The request has no room for another, and this is another.
bool has_no_room(const Context& context, const store::NewAttachment& attachment) {
  const auto held = context.store.attachments(attachment.request);
  if (held.size() < attachment.most) return false;
  const auto digest = store::digest_of(attachment.attachment.is_link() ? attachment.attachment.url.reveal() : attachment.content);
  return std::ranges::find(held, digest, &Attachment::digest) == held.end();
}

void attach(const Context& context, const http::Request& request, const http::Reply& reply, const Record& record, Attachment described,
            std::string content) {
  described.added_at = context.clock.now();
  described.added_by = request.caller.name;
  const auto key = record.request.key;
  store::NewAttachment fresh{.request = key,
                             .attachment = std::move(described),
                             .content = std::move(content),
                             .most = context.attachments.max_per_request,
                             .then = consequence(context, key)};
  if (has_no_room(context, fresh)) return refuse(request, reply, {.code = "too_many_attachments"});
  context.store.attach(std::move(fresh),
                       [&context, reply, persian = request.wants_persian(),
                        location = "/v1/requests/" + record.request.id.to_string() + "/attachments"](const store::AttachOutcome& outcome) {
                         if (!outcome) return reply(http::to_response({.code = outcome.error().code}, persian));
                         if (!outcome->tasks.empty()) context.added(outcome->tasks);
                         reply(receipt(*outcome, location));
                       });
}

void post_link(const Context& context, const http::Request& request, const http::Reply& reply) {
  if (request.body.size() > link_limit) {
    return refuse(request, reply, {.code = "body_too_large", .members = {{"limit", std::to_string(link_limit)}}});
  }
  const auto document = document_of(request, reply);
  if (!document) return;
  const auto link = json::read_attachment_link(*document);
  if (!link) return refuse(request, reply, invalid_body(link.error()));
  const auto name = link->name.empty() ? std::optional<std::string>("") : parse_file_name(link->name);
  if (!name) return refuse(request, reply, invalid_body({{"/name", "without a path, control characters and direction marks"}}));
  if (auto why = link_objection(link->url, context.attachments.link_hosts); !why.empty()) {
    return refuse(request, reply, {.code = "link_not_allowed", .members = {{"why", std::move(why)}}});
  }
  const auto record = request_of(context, request, reply);
  if (!record) return;
  Attachment described;
  described.name = Sensitive(*name);
  described.url = Sensitive(link->url);
  attach(context, request, reply, *record, std::move(described), {});
}

void post_file(const Context& context, http::Request request, const http::Reply& reply, const std::string& type) {
  const auto name = name_of(request, reply);
  if (!name) return;
  const auto found = media_type_of(request.body);
  if (found.empty() || found != type) {
    const auto came = request.body.empty() ? "nothing" : found.empty() ? "something else" : std::string(found);
    return refuse(request, reply, {.code = "attachment_type", .members = {{"why", "announced was " + type + ", what came is " + came}}});
  }
  const auto record = request_of(context, request, reply);
  if (!record) return;
  Attachment described;
  described.media_type = type;
  described.name = Sensitive(*name);
  auto content = std::move(request.body);
  attach(context, request, reply, *record, std::move(described), std::move(content));
}

void post(const Context& context, http::Request request, const http::Reply& reply) {
  const auto type = announced_type(request);
  if (type == "application/json") return post_link(context, request, reply);
  post_file(context, std::move(request), reply, type);
}

void list(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto record = request_of(context, request, reply);
  if (record) reply(json_response(200, json::attachments_view(context.store.attachments(record->request.key))));
}

/// Never to be shown by a browser as a page of ours: `nosniff` stands on every answer.
void send_file(const Context& context, const Attachment& file, const std::string& disposition, const http::Problem& missing,
               const http::Request& request, const http::Reply& reply) {
  context.store.read_file(file, [reply, disposition, type = file.media_type, digest = file.digest,
                                 refusal = http::to_response(missing, request.wants_persian())](std::optional<std::string> content) {
    if (!content) {
      spdlog::error("the file of the attachment {} is missing or was cut off", digest);
      return reply(refusal);
    }
    reply({.status = 200, .content_type = type, .headers = {{"Content-Disposition", disposition}}, .body = std::move(*content)});
  });
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_') {
      encoded += c;
    } else {
      encoded.append({'%', digits[byte >> 4], digits[byte & 0xf]});
    }
  }
  return encoded;
}

/// RFC 6266, with the name as RFC 8187 wants it.
std::string disposition_of(const Attachment& file) {
  return file.name.empty() ? "attachment" : "attachment; filename*=UTF-8''" + percent_encoded(file.name.reveal());
}

void get(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto record = request_of(context, request, reply);
  if (!record) return;
  const auto held = context.store.attachments(record->request.key);
  const auto found = std::ranges::find(held, request.parameters.at(1), &Attachment::digest);
  const http::Problem unknown{.code = "unknown_attachment"};
  if (found == held.end() || found->is_link()) return refuse(request, reply, unknown);
  send_file(context, *found, disposition_of(*found), unknown, request, reply);
}

/// For those who were sent the address: whoever knows the token may read the file, and nobody is told more.
void get_media(const Context& context, const http::Request& request, const http::Reply& reply) {
  const http::Problem nothing{.code = "not_found"};
  const auto& digest = request.parameters.at(0);
  const bool served = !context.attachments.public_url.empty() && same_secret(token_of(context.store, digest), request.parameters.at(1));
  const auto file = served ? context.store.attached_file(digest) : std::nullopt;
  if (!file) return refuse(request, reply, nothing);
  send_file(context, *file, "attachment", nothing, request, reply);
}

}  // namespace

std::string media_address(const store::Store& store, const std::string& public_url, const Attachment& attachment) {
  if (attachment.is_link()) return attachment.url.reveal();
  if (public_url.empty()) return {};
  return public_url + "/v1/media/" + attachment.digest + '/' + token_of(store, attachment.digest);
}

std::vector<http::Route> attachment_routes(const Context& context) {
  using http::Method;
  const auto& settings = context.attachments;
  const auto with = [&context](auto handler) {
    return [&context, handler](http::Request request, const http::Reply& reply) { handler(context, std::move(request), reply); };
  };
  const auto uploads = http::Places::of(settings.at_once);
  const auto downloads = http::Places::of(settings.at_once);
  const auto types = std::string(file_types) + ", application/json";
  return {
      {Method::post, "/v1/requests/{id}/attachments", "intake", with(post), settings.max_bytes, types, settings.timeout, uploads},
      {Method::get, "/v1/requests/{id}/attachments", "read", with(list)},
      {Method::get, "/v1/requests/{id}/attachments/{digest}", "read", with(get), 0, types, settings.timeout, downloads},
      {Method::get, "/v1/media/{digest}/{token}", "", with(get_media), 0, types, settings.timeout, downloads},
  };
}

}  // namespace salam::api
