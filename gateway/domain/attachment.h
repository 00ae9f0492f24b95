#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/sensitive.h"
#include "gateway/domain/time.h"

namespace salam {

/// A scan of the form or a photograph that belongs to a request: a file that the gateway keeps, or a link that it hands on unread.
struct Attachment {
  std::string digest;           ///< SHA-256, hex: of the file, or of the link's text.
  std::string media_type;       ///< Empty for a link.
  std::uint64_t size = 0;       ///< Bytes; 0 for a link.
  Sensitive<std::string> name;  ///< For officers; may be empty.
  Sensitive<std::string> url;   ///< Empty for a file.
  Timestamp added_at;
  std::string added_by;  ///< The API key's name.

  [[nodiscard]] bool is_link() const { return !url.empty(); }

  friend bool operator==(const Attachment&, const Attachment&) = default;
};

/// An attachment's file on its way to a system that takes files.
struct MediaFile {
  Sensitive<std::string> name;  ///< Not empty.
  std::string media_type;
  std::shared_ptr<const std::string> content;  ///< Not null.
};

/// What the file is by its first bytes: `image/jpeg`, `image/png`, `image/webp` or `application/pdf`; empty for all else.
std::string_view media_type_of(std::string_view content);

/// A file's name as officers are to see it, normalised. Nothing where it is longer than 100 characters, or holds a control character, a
/// direction mark or a path.
std::optional<std::string> parse_file_name(std::string_view text);

}  // namespace salam
