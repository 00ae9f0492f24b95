#pragma once

#include <string_view>

#include "tests/stand_ins/message.h"

namespace salam::stand_ins {

/// A JSON answer said in XML: `root` is the document's element, `item` what each entry of a list in it is called; members become elements,
/// and an entry of a list called `values` becomes a `value`. An answer that is no JSON stays as it is.
void say_in_xml(Response& response, std::string_view root, std::string_view item);

}  // namespace salam::stand_ins
