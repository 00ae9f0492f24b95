#pragma once

#include <string_view>

namespace salam::paper {

/// docker/examples/form.html as it was when this was built.
extern const std::string_view standard_form;

}  // namespace salam::paper
