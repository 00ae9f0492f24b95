#include "gateway/paper/qr_code.h"

#include <memory>
#include <stdexcept>

#include <qrencode.h>

namespace salam::paper {
namespace {

constexpr int quiet_zone = 4;

struct Free {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

/// Dark modules of one row as rectangles, neighbours in one.
void append_row(std::string& path, const unsigned char* row, int width, int y) {
  const auto dark = [&](int x) { return x < width && (row[x] & 1U) != 0; };
  for (int x = 0; x < width; ++x) {
    if (!dark(x)) continue;
    const int from = x;
    while (dark(x)) ++x;
    path += 'M' + std::to_string(from + quiet_zone) + ' ' + std::to_string(y + quiet_zone) + 'h' + std::to_string(x - from) + "v1h-" +
            std::to_string(x - from) + 'z';
  }
}

}  // namespace

std::string qr_code(std::string_view text) {
  if (text.empty() || text.size() > longest_qr_text) throw std::invalid_argument("no text for a QR code");
  const std::unique_ptr<QRcode, Free> code(
      QRcode_encodeData(static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_M));
  if (!code) throw std::runtime_error("a QR code could not be made");
  const int width = code->width;
  const auto side = std::to_string(width + 2 * quiet_zone);
  std::string svg = "<svg class=\"qr\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + ' ' + side +
                    "\" shape-rendering=\"crispEdges\" role=\"img\"><path fill=\"#fff\" d=\"M0 0h" + side + 'v' + side +
                    "H0z\"/><path d=\"";
  for (int y = 0; y < width; ++y) append_row(svg, code->data + static_cast<std::ptrdiff_t>(y) * width, width, y);
  return svg + "\"/></svg>";
}

}  // namespace salam::paper
