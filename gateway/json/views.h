#pragma once

#include <string>
#include <vector>

#include "gateway/domain/attachment.h"
#include "gateway/domain/request.h"

/// The domain as the API shows it: compact JSON objects.
namespace salam::json {

/// Everything about a request, personal data included: for callers with the scope `read`.
std::string request_view(const Record& record);
/// What it asks, as in an intake body: region, kind, category, texts, citizen, place.
std::string content_view(const Content& content);
/// With its attachments, which lists leave out.
std::string request_view(const Record& record, const std::vector<Attachment>& attachments);

/// For callers with the scope `read`, and the one that sent it.
std::string attachment_view(const Attachment& attachment);
std::string attachments_view(const std::vector<Attachment>& attachments);

/// What an intake app needs at once: form, id, code (for machines and for people), state, and the upstream's code once it is known. No
/// personal data.
std::string receipt_view(const Request& request);

/// What a citizen may know who holds the code: state, codes, where it stands. No personal data.
std::string track_view(const Request& request);
}  // namespace salam::json
