#include <algorithm>
#include <string>

#include "gateway/domain/text.h"
#include "gateway/http/request_parser.h"
#include "tests/fuzz/input.h"

namespace salam::fuzz {
namespace {

using Step = http::RequestParser::Step;

constexpr std::size_t header_limit = 512;
constexpr std::size_t body_limit = 64;

/// What became of the bytes: fed as they would come from a socket, so many at a time.
struct Outcome {
  Step step = Step::need_more;
  std::string path;  ///< Once done.
  std::string body;

  [[nodiscard]] bool is_done() const { return step == Step::done; }
  [[nodiscard]] bool is_open() const { return step == Step::need_more; }
};

Outcome feed(std::string_view bytes, std::size_t at_a_time) {
  http::RequestParser parser(header_limit);
  std::string buffer;
  Outcome outcome;
  while (outcome.step == Step::need_more || outcome.step == Step::header_done) {
    if (outcome.step == Step::need_more) {
      if (bytes.empty()) break;
      buffer += bytes.substr(0, at_a_time);
      bytes.remove_prefix(std::min(at_a_time, bytes.size()));
    } else {
      parser.take_body(body_limit);
    }
    const auto fed = parser.feed(buffer);
    promise(fed.consumed <= buffer.size(), "no more is consumed than was fed");
    buffer.erase(0, fed.consumed);
    outcome.step = fed.step;
  }
  if (outcome.step == Step::failed) promise(!parser.problem().empty(), "a failure has a problem");
  promise(parser.request().body.size() <= body_limit, "a body keeps its limit");
  promise(valid_utf8(parser.request().path), "a path is UTF-8");
  if (outcome.step == Step::done) {
    outcome.path = parser.request().path;
    outcome.body = parser.request().body;
  }
  return outcome;
}

}  // namespace
}  // namespace salam::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace salam::fuzz;
  const auto bytes = Input(data, size).rest();
  const auto whole = feed(bytes, std::max<std::size_t>(bytes.size(), 1));
  const auto in_pieces = feed(bytes, 7);
  // What is wrong may show sooner where more is there, or in another way; a header's limit later.
  if (whole.is_open() || in_pieces.is_open() || bytes.size() > header_limit) return 0;
  promise(whole.is_done() == in_pieces.is_done() && whole.path == in_pieces.path && whole.body == in_pieces.body,
          "a request reads alike in one piece and in several");
  return 0;
}
