#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/upstream/follow_up_words.h"
#include "adapters/upstream/placeholders.h"
#include "adapters/upstream/protocol.h"
#include "adapters/upstream/reply_body.h"
#include "adapters/upstream/service_catalogue.h"
#include "gateway/domain/sensitive.h"
#include "gateway/domain/time.h"

/// A system whose HTTP interface is described by a mapping. Its answers are JSON or XML; what it is sent may also be a form.
namespace salam::upstream {

enum class BodyFormat { none, json, form, xml, multipart };

/// A field of a multipart form, or where the request's files stand in it.
struct BodyPart {
  std::string name;
  Template value;
  std::string media_type;  ///< Of the value; may be empty.
  bool file = false;       ///< As many of them as there are files.
};

struct Call {
  std::string method = "GET";
  Template path;  ///< With its query; `Escape::percent`.
  std::vector<std::pair<std::string, Template>> headers;
  BodyFormat format = BodyFormat::none;
  Template body;
  std::vector<BodyPart> parts;  ///< In place of a body where the format is multipart.

  [[nodiscard]] bool uses(Placeholder placeholder) const;
  [[nodiscard]] bool takes_files() const;
  /// It then takes the place of ours.
  [[nodiscard]] bool sets_header(std::string_view lower_case_name) const;
};

/// An answer by which the system says one certain thing: the status is listed and a value at `pointer`, if one is given, is one of
/// `equals` or holds one of `contains` (compared in their matching form).
struct AnswerRule {
  std::vector<int> statuses;  ///< None: any 4xx.
  ReplyPath pointer;
  std::vector<std::string> equals;
  std::vector<std::string> contains;
  ReplyPath code;  ///< To the system's code; success and already-exists only.
  ReplyPath why;   ///< To the system's words for it; may be empty.
};

/// Whether the rule holds for a reply of that status.
bool holds(const AnswerRule& rule, int status, const ReplyPart& reply);
/// Null where none does.
const AnswerRule* first_that_holds(const std::vector<AnswerRule>& rules, int status, const ReplyPart& reply);
/// An empty path leads to no code and to no words, though it leads to the whole reply.
std::optional<std::string> code_at(const ReplyPart& reply, const ReplyPath& path);
std::string words_at(const ReplyPart& reply, const ReplyPath& path);

struct MappedLookup {
  Call call;
  ReplyPath items;      ///< To the list of one page; empty: the whole reply.
  ReplyPath item_code;  ///< In an item, to our tracking code, or to where an amendment's mark stands; several values may stand there.
  ReplyPath item_id;    ///< In an item, to the system's code; empty for amendments.
  std::optional<ReplyPath> next;  ///< To the next page's `{{page}}`; unset: pages are counted until one is empty.
  std::size_t first_page = 1;
  std::size_t max_pages = 20;
  bool whole = false;  ///< All items stand in one reply.
};

struct MappedAmend {
  Call call;
  bool sets_values = false;
  AnswerRule success;
  ReplyPath mark;  ///< In a success, to where it repeats the amendment's mark; empty: it does not.
  std::optional<MappedLookup> lookup;
};

/// Where an item says what has become of a request.
struct ReportPaths {
  ReplyPath code;    ///< The system's own; empty: the one that was asked after.
  ReplyPath status;  ///< In its own words; `Mapping::statuses` knows what they mean.
  ReplyPath words;   ///< What it adds; may be empty.
  ReplyPath at;      ///< Since when (RFC 3339); may be empty.
};

struct MappedFollowUp {
  Call call;
  std::size_t batch = 50;  ///< Codes in one call.
  std::string separator;   ///< Between them.
  AnswerRule success;
  ReplyPath items;  ///< To the list; empty: the whole reply is the list (JSON), or the one item.
  ReportPaths item;
};

struct MappedCallback {
  ReplyPath items;  ///< As above.
  ReportPaths item;
};

/// What the system calls what the gateway knows.
struct CodeTable {
  std::map<std::string, std::string> by_ours;  ///< Categories in their matching form.
  std::optional<std::string> fallback;

  [[nodiscard]] std::optional<std::string> find(const std::string& ours) const;
};

/// A call whose answer holds a token, which the other calls carry in their headers.
struct Login {
  Call call;
  /// Where the token stands, one of three: in the body, in a header (lower case), or in a cookie.
  ReplyPath token;
  std::string token_header;
  std::string token_cookie;
  ReplyPath expires_in;                  ///< To the token's lifetime in seconds; may be empty.
  std::optional<Milliseconds> lifetime;  ///< Where the reply does not say; unset: until a call is refused.
  std::vector<int> renew_on{401, 403};   ///< Statuses by which a call is refused before it has acted, because of its token.
};

struct Mapping {
  ReplyFormat reply_format = ReplyFormat::json;
  CodeTable regions;  ///< By `Region::wire`.
  CodeTable categories;
  CodeTable kinds;
  std::optional<Login> login;
  Call submit;
  AnswerRule success;
  std::vector<AnswerRule> already_exists;  ///< These three hold for amendments too.
  std::vector<AnswerRule> refused;
  std::vector<AnswerRule> later;
  std::optional<MappedLookup> lookup;
  std::optional<MappedAmend> amend;
  std::optional<MappedFollowUp> follow_up;
  std::optional<MappedCallback> callback;
  FollowUpWords statuses;

  /// In any of its calls.
  [[nodiscard]] bool uses(Placeholder placeholder) const;
};

/// What the mapping's error texts say, wherever they stand.
std::string words_of(const Mapping& mapping, const ReplyPart& reply);

struct Credentials {
  Sensitive<std::string> api_key;
  Sensitive<std::string> user;
  Sensitive<std::string> password;
};

/// Empty for what is no secret.
std::string secret_of(Placeholder placeholder, const Credentials& credentials);

/// The call as HTTP, and what it is sent with where the mapping does not say: content type and the format that is asked for.
http_client::Request message_of(const Call& call, ReplyFormat wanted, const Template::Values& values,
                                const std::vector<MediaFile>& files = {});

std::shared_ptr<const Protocol> make_mapped_http(Mapping mapping, Credentials credentials,
                                                 std::shared_ptr<const ServiceCatalogue> catalogue);

}  // namespace salam::upstream
