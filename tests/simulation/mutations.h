#pragma once

#include <memory>
#include <string_view>

#include "gateway/ports/event_log.h"
#include "gateway/ports/upstream.h"
#include "gateway/store/store.h"
#include "tests/simulation/sim_log.h"

/// Gateways with one promise switched off, by wrapping the ports: the checker must catch each.
namespace salam::simulation {

enum class Mutation {
  none,
  no_lookup,    ///< What may have acted is sent again without a lookup.
  no_settling,  ///< "Absent" is believed at once.
  no_intent,    ///< The call goes out before its intent is committed.
  no_amendment_lookup,
  no_amendment_intent,
  early_reply,     ///< Writes are answered before they are committed.
  swapped_events,  ///< Two events of a request change places.
  no_fencing,      ///< A former producer's bytes are not fenced.
};
inline constexpr Mutation mutations[] = {Mutation::no_lookup,           Mutation::no_settling,         Mutation::no_intent,
                                         Mutation::no_amendment_lookup, Mutation::no_amendment_intent, Mutation::early_reply,
                                         Mutation::swapped_events,      Mutation::no_fencing};
std::string_view to_string(Mutation mutation);

/// The ports as the mutated gateway sees them; null where they stay as they are.
std::unique_ptr<store::Store> wrapped(Mutation mutation, store::Store& store);
std::unique_ptr<Upstream> wrapped(Mutation mutation, Upstream& upstream);
std::unique_ptr<EventLog> wrapped(Mutation mutation, SimLog& log);

}  // namespace salam::simulation
