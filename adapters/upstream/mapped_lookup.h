#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/upstream/mapped_http.h"
#include "adapters/upstream/protocol.h"

/// A search through a list, page by page, as a mapping says where it stands. Without a socket.
namespace salam::upstream {

/// What is looked for.
struct Sought {
  std::string table;  ///< Of the mapping, for errors.
  std::function<bool(const ReplyPart& item)> is_it;
  std::optional<ReplyPath> code;  ///< In the item, to the system's code; unset: that the item is there says all.
};

/// The item that carries the request's tracking code at `lookup.item_code`.
Sought registration_by_code(const MappedLookup& lookup, const Request& request);
/// The item that carries the amendment's mark there.
Sought amendment_by_mark(const MappedLookup& lookup, const Request& request);

std::unique_ptr<Lookup> make_mapped_lookup(const Mapping& mapping, const MappedLookup& lookup, Sought sought, Template::Values values);

}  // namespace salam::upstream
