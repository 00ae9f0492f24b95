#pragma once

#include <string>
#include <vector>

#include "tests/simulation/clients.h"
#include "tests/simulation/officers.h"

namespace salam::simulation {

/// The ledgers of all parties, when the world is quiet.
struct Ledgers {
  store::Database& database;
  const Clients& clients;
  const SimUpstream& system137;
  const SimUpstream& service_desk;
  const SimSms& sms;
  const SimSms& second_sms;
  const SimLog& log;
  const Officers& officers;
};

/// Holds the six promises of the design against the ledgers; a sentence for each breach. Reads the database by its own SQL.
std::vector<std::string> breaches(const Ledgers& ledgers);

}  // namespace salam::simulation
