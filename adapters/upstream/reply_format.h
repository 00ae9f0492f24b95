#pragma once

namespace salam::upstream {

/// What a system's replies are written in.
enum class ReplyFormat { json, xml };

}  // namespace salam::upstream
