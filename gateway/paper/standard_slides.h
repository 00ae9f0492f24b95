#pragma once

#include <string_view>

namespace salam::paper {

/// docker/examples/results.pptx as it was when this was built.
std::string_view standard_slides();

}  // namespace salam::paper
