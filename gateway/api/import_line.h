#pragma once

#include <map>
#include <string>

#include "gateway/api/intake.h"
#include "gateway/sheets/headings.h"

/// A line of a spreadsheet as intake takes it, and what is said of it, in Persian.
namespace salam::api {

/// Categories as intake takes them, by the matching form of their Persian names.
using Categories = std::map<std::string, std::string, std::less<>>;
Categories by_name(const std::map<std::string, std::string>& names);

/// The line as a body of `POST /v1/requests`. What cannot be read stands there as it was typed, for the schema to refuse.
std::string intake_body(const std::string& meeting, const Categories& categories, const sheets::Table& table, const sheets::Row& line);

/// Why it was not taken in.
std::string reason_of(const http::Problem& problem, const sheets::Table& table, const sheets::Row& line);
/// `fields`: JSON Pointers of what differs from the request that stands there.
std::string reason_of_conflict(const std::vector<std::string>& fields);
/// What of it was not understood, though it was taken in; empty where all was.
std::string note_of(const Content& content, const sheets::Table& table, const sheets::Row& line);

}  // namespace salam::api
