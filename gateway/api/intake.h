#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/api/context.h"

/// Taking one request in, whichever way it came: by itself, in a batch, on a line of a spreadsheet.
namespace salam::api {

/// Who hands it in.
struct Sender {
  std::string name;         ///< Of the API key.
  std::string traceparent;  ///< W3C Trace Context; may be empty.
};
Sender sender_of(const http::Request& request);

/// It is in; told after it was made durable.
struct TakenIn {
  Record record;
  bool replayed = false;  ///< It was before.
};
/// Its form item is taken by other content.
struct Differs {
  Record record;
  std::vector<std::string> fields;  ///< JSON Pointers of what differs.
};
using IntakeOutcome = std::variant<TakenIn, Differs, http::Problem>;

/// `original` is the text of `value`, kept as it is. `answer` is called once, perhaps on the store's writer thread.
void take_in(const Context& context, const Sender& sender, const json::Value& value, std::string original,
             const std::function<void(IntakeOutcome)>& answer);

/// What `take_in` would come to now, with nothing written: fresh where it is new.
struct Fresh {
  FormItem form_item;
  Content content;
};
using IntakeForecast = std::variant<Fresh, TakenIn, Differs, http::Problem>;
IntakeForecast foresee(const Context& context, const json::Value& value, std::string_view original);

std::string location_of(const Request& request);

}  // namespace salam::api
