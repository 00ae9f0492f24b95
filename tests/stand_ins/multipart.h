#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/stand_ins/message.h"

namespace salam::stand_ins {

struct UploadedFile {
  std::string field;
  std::string name;
  std::string media_type;
  std::size_t size = 0;
  std::string sha256;  ///< In hex.
};

struct Form {
  Fields fields;
  std::vector<UploadedFile> files;
};

/// multipart/form-data as RFC 7578 has it, and nothing besides: neither preamble nor epilogue, no header but the two that it knows, text in
/// UTF-8, a type and a name with each file. Answers with what is wrong.
std::optional<std::string> read_multipart(const Request& request, Form& form);

}  // namespace salam::stand_ins
