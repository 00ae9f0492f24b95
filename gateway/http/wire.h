#pragma once

#include <string>
#include <string_view>

#include "gateway/http/message.h"

namespace salam::http {

/// How the status line and the connection's fields are to be written.
struct WireForm {
  bool keep_alive = true;
  bool http_1_0 = false;
  std::string_view date;  ///< IMF-fixdate.
};

/// Appends status line and header of `response`, with the length of its body; line breaks in field values become blanks. API answers hold
/// what is nobody else's business, so they are not to be stored by anyone on the way unless the handler says otherwise.
void append_header(std::string& out, const Response& response, const WireForm& form);

/// Has a body on the wire at all (RFC 9110 section 6.4.1).
bool may_have_body(int status);

/// The current second as IMF-fixdate (RFC 9110 section 5.6.7), written anew only when it changes. For one thread.
class DateLine {
 public:
  std::string_view now();

 private:
  long second_ = 0;
  std::string text_;
};

}  // namespace salam::http
