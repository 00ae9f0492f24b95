#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "adapters/upstream/placeholders.h"
#include "gateway/domain/case.h"
#include "gateway/domain/request.h"

/// An amendment as every driver tells it: what it is known by there, and its words for people.
namespace salam::upstream {

/// By which it is found again: the tracking code and the amendment's number, `1234567890-2`.
std::string amendment_mark(const Request& request);
/// Whether the mark stands in the text, in any digits, and not as a part of a longer number.
bool carries_mark(std::string_view text, std::string_view mark);

/// Whether that is an amendment of a gateway's: what a system repeats of it is no news.
bool is_amendment_mark(std::string_view text);
bool is_amendment_text(std::string_view text);

/// `اصلاح شماره ۲ از مردم سلام (1234567890-2)`, then a line for each field that changed, as the request stands: `دسته: آسفالت`.
/// `withheld`: those that the system must not learn.
std::string amendment_text(const Request& request, salam::Fields withheld);

/// The personal fields that are no part of a registration which sends these placeholders.
salam::Fields not_sent(const std::function<bool(Placeholder)>& sends);

}  // namespace salam::upstream
