#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http_client/client.h"
#include "adapters/upstream/open311_entries.h"
#include "gateway/domain/attachment.h"
#include "gateway/domain/time.h"

/// The calls that Open311 knows, without their meaning.
namespace salam::upstream {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// `GET {path}.json` or `.xml`; empty fields are left out.
http_client::Request get_call(std::string_view path, ReplyFormat format, Fields query);
/// `POST {path}.json` or `.xml` of a form; empty fields are left out.
http_client::Request post_call(std::string_view path, ReplyFormat format, Fields form);
/// The same as multipart/form-data, each of the files in a field of that name.
http_client::Request post_call(std::string_view path, ReplyFormat format, Fields form, std::string_view field,
                               const std::vector<MediaFile>& files);

std::string attribute_field(std::string_view name);

/// As `start_date` and the like want it: `2026-11-24T15:00:00Z`.
std::string utc(Timestamp time);

}  // namespace salam::upstream
