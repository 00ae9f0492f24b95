#include "tests/stand_ins/site.h"

#include "tests/stand_ins/json.h"
#include "tests/stand_ins/text.h"

namespace salam::stand_ins {

namespace {

Answer wrong_control(int status, std::string_view why) {
  return {{status, Json().open_object().member("error", why).close_object().take()}};
}

}  // namespace

Answer Site::handle(const Request& request) {
  if (request.path.starts_with("/_control/")) return control(request);
  return serve(request);
}

Answer Site::control(const Request& request) {
  auto query = parse_form(request.query).value_or(Fields{});
  std::string_view what = std::string_view(request.path).substr(std::string_view("/_control/").size());
  if (what == "faults" && request.method == "POST") {
    if (auto wrong = faults_.add(request.body)) return wrong_control(400, *wrong);
    return {{201, faults_.to_json()}};
  }
  if (what == "faults" && request.method == "GET") return {{200, faults_.to_json()}};
  if (what == "faults" && request.method == "DELETE") {
    faults_.clear();
    return {{204, ""}};
  }
  if (what == "ledger" && request.method == "GET") return {{200, ledger(value_of(query, "summary") == "1")}};
  if (what == "ledger" && request.method == "DELETE") {
    forget();
    return {{204, ""}};
  }
  if (what == "down" && request.method == "POST") {
    auto wait = to_integer(value_of(query, "ms"));
    if (!wait || *wait <= 0) return wrong_control(400, "ms: how long, a positive number");
    Answer answer{{202, "{}"}};
    answer.down_after = Milliseconds(*wait);
    return answer;
  }
  return wrong_control(404, "see tests/stand_ins/site.h for what can be controlled");
}

}  // namespace salam::stand_ins
