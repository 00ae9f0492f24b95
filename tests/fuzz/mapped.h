#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/upstream/mapped_http.h"
#include "adapters/upstream/mapping_file.h"
#include "tests/fuzz/upstream.h"

namespace salam::fuzz {

inline std::shared_ptr<const upstream::Protocol> mapped(std::string_view mapping) {
  auto read = upstream::parse_mapping(mapping, "the fuzzer's mapping");
  promise(read.ok(), read ? "" : read.error().message.c_str());
  return upstream::make_mapped_http(std::move(*read), upstream::Credentials{},
                                    std::make_shared<upstream::ServiceCatalogue>(std::map<std::string, std::string>{}, "general"));
}

}  // namespace salam::fuzz
