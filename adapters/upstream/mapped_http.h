#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/upstream/placeholders.h"
#include "adapters/upstream/protocol.h"
#include "adapters/upstream/service_catalogue.h"
#include "gateway/domain/sensitive.h"

/// A system whose HTTP interface is described by a mapping. Its answers are JSON; what it is sent may be JSON, a form or XML.
namespace salam::upstream {

enum class BodyFormat { none, json, form, xml };

struct Call {
  std::string method = "GET";
  Template path;  ///< With its query; `Escape::percent`.
  std::vector<std::pair<std::string, Template>> headers;
  BodyFormat format = BodyFormat::none;
  Template body;
};

/// An answer by which the system says one certain thing: the status is listed and the value at `pointer`, if one is given, is one of
/// `equals` or holds one of `contains` (compared in their matching form).
struct AnswerRule {
  std::vector<int> statuses;  ///< None: any 4xx.
  std::string pointer;        ///< JSON Pointer.
  std::vector<std::string> equals;
  std::vector<std::string> contains;
  std::string code;  ///< Pointer to the system's code; success and already-exists only.
  std::string why;   ///< Pointer to the system's words for it; may be empty.
};

struct MappedLookup {
  Call call;
  std::string items;                ///< Pointer to the list of one page; empty: the whole reply.
  std::string item_code;            ///< Pointer, in an item, to our tracking code.
  std::string item_id;              ///< Pointer, in an item, to the system's code.
  std::optional<std::string> next;  ///< Pointer to the next page's `{{page}}`; unset: pages are counted until one is empty.
  std::size_t first_page = 1;
  std::size_t max_pages = 20;
};

struct Mapping {
  Call submit;
  AnswerRule success;
  std::vector<AnswerRule> already_exists;
  std::vector<AnswerRule> refused;
  std::vector<AnswerRule> later;
  std::optional<MappedLookup> lookup;
};

std::shared_ptr<const Protocol> make_mapped_http(Mapping mapping, Sensitive<std::string> api_key,
                                                 std::shared_ptr<const ServiceCatalogue> catalogue);

}  // namespace salam::upstream
