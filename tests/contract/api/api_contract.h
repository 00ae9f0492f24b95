#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"
#include "tests/contract/api/document.h"

namespace salam::test {

/// One operation that openapi.yaml describes.
struct Operation {
  std::string method;  ///< In capitals.
  std::string path;    ///< With `{…}`.
  std::string scope;   ///< Empty where nobody is asked.
  bool on_operations_listener = false;
  const json::Value* node = nullptr;
};

/// openapi.yaml, and whether replies keep to it.
class ApiContract {
 public:
  static const ApiContract& written();

  [[nodiscard]] const Description& description() const { return description_; }
  [[nodiscard]] const std::vector<Operation>& operations() const { return operations_; }
  /// Throws std::runtime_error where there is none.
  [[nodiscard]] const Operation& operation(std::string_view method, std::string_view path) const;
  /// The schema of its body, such as `intake/request`; empty where it takes none.
  [[nodiscard]] std::string body_schema(const Operation& operation) const;

  /// What a reply has that is not written, or lacks that is: status, media type, body, the problem's code, headers, the data of events.
  [[nodiscard]] std::vector<std::string> faults(const Operation& operation, const http::Response& reply) const;

 private:
  ApiContract();

  Description description_;
  std::vector<Operation> operations_;
};

}  // namespace salam::test
