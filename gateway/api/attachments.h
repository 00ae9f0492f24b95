#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/domain/attachment.h"
#include "gateway/store/store.h"

namespace salam::api {

struct AttachmentSettings {
  std::size_t max_bytes = 10 * 1024 * 1024;  ///< Of one file.
  std::size_t max_per_request = 10;
  std::size_t at_once = 8;                     ///< So many uploads, and as many downloads; each holds its file in memory.
  std::chrono::milliseconds timeout{180'000};  ///< For the bytes of one file.
  std::vector<std::string> link_hosts;         ///< `photos.example`, or `.example` for all hosts below; lower case. None: no links.
  std::string public_url;                      ///< Where others reach this API, without a slash at its end; empty: they do not.
};

/// Why the gateway does not hand this link on; empty where it does. Only `https`, only hosts in the list, and nothing by which a link can
/// look as if it led to another host: no user, no port, no address in place of a name, no fragment. It is not fetched, so there is no
/// redirect that could be followed.
std::string link_objection(std::string_view url, const std::vector<std::string>& hosts);

/// Whether an entry of `link_hosts` can match anything.
bool is_link_host(std::string_view text);

/// Where a system that gets the attachment by its address finds it: the link itself, or the file under `public_url`, by a token that nobody
/// can guess and that names nobody. Empty where there is no such address.
std::string media_address(const store::Store& store, const std::string& public_url, const Attachment& attachment);

}  // namespace salam::api
