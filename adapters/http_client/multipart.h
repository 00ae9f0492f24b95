#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace salam::http_client {

/// One field of a form, or one of its files.
struct Part {
  std::string name;
  std::string_view content;              ///< Must live until the form is encoded.
  std::string media_type;                ///< Empty: none is given, which means text.
  std::optional<std::string> file_name;  ///< Set for a file.
};

struct MultipartForm {
  std::string content_type;  ///< Names the boundary.
  std::string body;
};

/// multipart/form-data (RFC 7578) in UTF-8, in the order of the parts. Names are written as browsers do (WHATWG HTML, "multipart form
/// data"):
/// `"`, CR and LF percent-encoded and all else as it is; what is sent is not changed. Throws std::system_error where there is no
/// randomness.
MultipartForm multipart_encoded(const std::vector<Part>& parts);

/// The first that is drawn and stands in none of the parts.
std::string boundary_for(const std::vector<Part>& parts, const std::function<std::string()>& draw);

}  // namespace salam::http_client
