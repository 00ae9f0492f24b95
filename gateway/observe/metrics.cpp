#include "gateway/observe/metrics.h"

#include <prometheus/text_serializer.h>

namespace salam::observe {

std::string Metrics::exposition() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

}  // namespace salam::observe
