#include "gateway/json/event_data.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "gateway/json/writer.h"

namespace salam::json {
namespace {

void write_personal(Writer& writer, const Content& content) {
  writer.member_if("subject", content.subject.reveal()).member_if("description", content.description.reveal());
  writer.member_if("address", content.address.reveal());
  writer.key("citizen").begin_object().member_if("name", content.citizen.name.reveal());
  if (content.citizen.mobile) writer.member("mobile", content.citizen.mobile->reveal());
  writer.end_object();
}

}  // namespace

std::string event_data(const Event& event, const Request& after, bool personal_data) {
  const std::vector<std::pair<std::string_view, std::string>> shared{{"region", after.content.region.wire()},
                                                                     {"kind", std::string(to_string(after.content.kind))},
                                                                     {"category", after.route.category},
                                                                     {"system", std::string(to_string(after.registration.system))},
                                                                     {"rule", after.route.rule},
                                                                     {"state", std::string(state_of(after))},
                                                                     {"citizen_hash", after.citizen_hash}};
  Writer writer;
  writer.begin_object().member("id", after.id.to_string()).member("tracking_code", after.code.digits());
  writer.member("meeting", after.form_item.meeting).member("form", after.form_item.form).member("item", after.form_item.item);
  for (const auto& [name, text] : shared) {
    if (std::ranges::find(event.details, name, &std::pair<std::string, std::string>::first) == event.details.end()) {
      writer.member_if(name, text);
    }
  }
  for (const auto& [name, text] : event.details) writer.member_if(name, text);
  if (personal_data) {
    writer.member_if("person", event.actor.name);
    write_personal(writer, after.content);
  }
  return writer.end_object().take();
}

}  // namespace salam::json
