#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/upstream/follow_up_words.h"
#include "adapters/upstream/placeholders.h"
#include "adapters/upstream/protocol.h"
#include "adapters/upstream/reply_format.h"
#include "adapters/upstream/service_catalogue.h"
#include "gateway/domain/sensitive.h"

/// Open311 GeoReport v2 in JSON or XML (https://wiki.open311.org/GeoReport_v2/), without a socket.
namespace salam::upstream {

/// An error reply by which the system says one certain thing. It holds where the status is listed and one of the reply's errors has a
/// listed code and a description with a listed word (whichever of the two lists are given; compared in their matching form).
struct ErrorRule {
  std::vector<int> statuses;  ///< None: any 4xx.
  std::vector<std::string> codes;
  std::vector<std::string> words;
};

enum class LookupKind {
  none,       ///< A person settles what is uncertain.
  attribute,  ///< `GET /requests` filtered by `attribute[external_id]`.
  scan,       ///< `GET /requests` read through.
};

struct Open311Lookup {
  LookupKind kind = LookupKind::attribute;
  std::vector<std::string> code_at{"/attributes/external_id",
                                   "/external_id"};  ///< Pointers in an item; in XML, its elements. The description counts always.
  std::size_t page_size = 50;  ///< 0: the system does not page; then "absent" is believed of an empty reply only, and nothing is scanned.
  std::size_t max_pages = 40;  ///< Of one lookup. More is "not all read".
};

enum class FollowUpKind {
  none,      ///< What becomes of requests is not asked.
  requests,  ///< `GET /requests?service_request_id=…`, many at a time.
  updates,   ///< `GET /servicerequestupdates`: everything since some time, whosever it is.
};

struct Open311FollowUp {
  FollowUpKind kind = FollowUpKind::requests;
  std::chrono::hours updates_window{72};  ///< How far back updates are read each time.
};

/// `POST /servicerequestupdates`, the extension of FixMyStreet and its relatives.
struct Open311Amend {
  bool updates = false;      ///< It takes them; else a person tells it.
  bool sets_values = false;  ///< It keeps an update that comes twice once, by its `update_id`.
  bool lookup = false;       ///< `GET /servicerequestupdates` lists ours too.
  bool media = true;         ///< An update has a place for attachments.
  std::string media_field;   ///< As `Open311Settings::media_field`.
};

struct Open311Settings {
  ReplyFormat format = ReplyFormat::json;
  Sensitive<std::string> api_key;
  std::string jurisdiction_id;
  std::string code_attribute = "external_id";                ///< `attribute[…]` that carries our code; empty: only the description does.
  std::vector<std::pair<std::string, Template>> attributes;  ///< Further `attribute[…]` that the services require.
  std::string media_field;                                   ///< Of a file in the form; empty: files go as addresses only.
  bool blackbox = false;                                     ///< It never gives an id: a success without one counts, under our own code.
  std::vector<ErrorRule> refused;
  std::vector<ErrorRule> later;
  std::vector<ErrorRule> already_exists;  ///< Its id must stand in the reply (`service_request_id`), else it is looked up.
  Open311Lookup lookup;
  Open311Amend amend;
  Open311FollowUp follow_up;
  FollowUpWords statuses;
};

/// Reads the id of a success, the errors of a failure, and finds requests again by our code. `catalogue` may learn meanwhile, on the same
/// thread.
std::shared_ptr<const Protocol> make_open311(Open311Settings settings, std::shared_ptr<const ServiceCatalogue> catalogue);

}  // namespace salam::upstream
