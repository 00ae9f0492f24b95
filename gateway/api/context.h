#pragma once

#include <array>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/api/attachments.h"
#include "gateway/api/callback_door.h"
#include "gateway/domain/lifecycle.h"
#include "gateway/domain/routing.h"
#include "gateway/http/message.h"
#include "gateway/http/problem.h"
#include "gateway/http/server.h"
#include "gateway/json/schema.h"
#include "gateway/paper/settings.h"
#include "gateway/ports/clock.h"
#include "gateway/ports/event_log.h"
#include "gateway/ports/sms_provider.h"
#include "gateway/reports/basis.h"
#include "gateway/store/store.h"

/// The resources of the API, one file each. Handlers run on HTTP threads and answer from whichever thread has the answer.
namespace salam::api {

/// Who may call back, and how that is known.
struct Callbacks {
  std::array<std::shared_ptr<CallbackDoor>, 2> doors;  ///< By system.
  std::shared_ptr<CallbackDoor> sms;
};

/// What handlers need; wired in `app`. Everything in it is thread-safe.
struct Context {
  store::Store& store;
  Clock& clock;
  Random& random;
  lifecycle::Policy policy;
  AttachmentSettings attachments;
  paper::Settings printing{};
  reports::Settings reports{};
  /// The folder for what is written before it is sent; on a disk.
  std::string scratch = ".";
  std::function<std::shared_ptr<const RuleSet>()> rules;
  /// The city's units, to which requests can be assigned; empty: any.
  std::vector<std::string> units;
  /// Who decides where a request goes that 137 cannot take.
  std::string review_officer;
  /// Tells the watch over meetings' deadlines that they have changed.
  std::function<void()> deadlines_changed{};
  /// Tells those who write invitations that one was approved.
  std::function<void()> invitation_approved = [] {};
  /// Does what takes long where nobody else waits for it: on a thread of its own.
  std::function<void(std::function<void()>)> aside = [](const std::function<void()>& work) { work(); };
  /// Tells the pipeline of committed tasks.
  std::function<void(std::vector<Task>)> added;
  std::function<void(RequestKey, Milliseconds, std::function<void(std::optional<Record>)>)> await_registration;
  Callbacks callbacks;
  /// A system's callback, as its driver reads it. Errors: `callback_unreadable`.
  std::function<Result<std::vector<ProgressReport>>(System, std::string_view body)> read_callback;
  /// A text message provider's, by the name of its line; nothing where it is none.
  std::function<std::optional<DeliveryNotice>(std::string_view line, const CallbackParameters&)> read_delivery;
  /// A named person lets the relay go on: again with the refused event, or past it. Error: `relay_not_refused`.
  std::function<Result<void>(std::int64_t position, bool skip, const std::string& by)> release_relay;
};

/// Each file's routes.
std::vector<http::Route> request_routes(const Context& context);
std::vector<http::Route> meeting_routes(const Context& context);
std::vector<http::Route> invitation_routes(const Context& context);
std::vector<http::Route> form_routes(const Context& context);
std::vector<http::Route> import_routes(const Context& context);
std::vector<http::Route> report_routes(const Context& context);
std::vector<http::Route> attention_routes(const Context& context);
std::vector<http::Route> tracking_routes(const Context& context);
std::vector<http::Route> routing_routes(const Context& context);
std::vector<http::Route> event_routes(const Context& context);
std::vector<http::Route> attachment_routes(const Context& context);
std::vector<http::Route> callback_routes(const Context& context);
std::vector<http::Route> decision_routes(const Context& context);
std::vector<http::Route> officer_routes(const Context& context);

/// All of them: the API's listener.
std::vector<http::Route> routes(const Context& context);

// --- what they share ----------------------------------------------------------------------------------------------

http::Response json_response(int status, std::string body);
void refuse(const http::Request& request, const http::Reply& reply, const http::Problem& problem);
void refuse_parameter(const http::Request& request, const http::Reply& reply, std::string_view parameter, std::string expected);
http::Problem invalid_body(const json::FieldErrors& errors);

/// The body as JSON. Refuses by itself and returns nothing where it is none.
std::optional<json::Document> document_of(const http::Request& request, const http::Reply& reply);

/// Refuses by itself and answers false where the query names anything else: a misspelt parameter must not be passed over.
bool knows_parameters(const http::Request& request, const http::Reply& reply, std::span<const std::string_view> known);

/// AIP-158: `page_size` (1–1,000, default 100) and `page_token`. Refuses by itself and returns nothing where either is malformed, or where
/// the query names anything else but `filters`: a misspelt one must not show everything.
struct Page {
  int size = 100;
  std::int64_t after = 0;
};
std::optional<Page> page_of(const http::Request& request, const http::Reply& reply, std::initializer_list<std::string_view> filters = {});
std::string page_token(std::int64_t last);
/// Of those, for a list that has tokens of its own: the size alone, and no parameter that is not known.
std::optional<int> page_size_of(const http::Request& request, const http::Reply& reply,
                                std::initializer_list<std::string_view> filters = {});
/// Nothing where it is no token of `page_token`.
std::optional<std::int64_t> parse_page_token(std::string_view token);

/// The query's region, if it has one. Refuses by itself and answers false where it is none.
bool read_region(const http::Request& request, const http::Reply& reply, std::optional<Region>& region);

/// Who must act, in words: the reviewing officer, the unit it is assigned to, or else its region's manager.
std::string responsible(const Context& context, const Request& request, bool review);

/// The request named by the path's id. Refuses by itself and returns nothing where there is none.
std::optional<Record> request_of(const Context& context, const http::Request& request, const http::Reply& reply);

}  // namespace salam::api
