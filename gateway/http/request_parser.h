#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "gateway/http/message.h"

namespace salam::http {

/// Reads one request, bytes in, no socket: Beast's parser, which writes straight into our `Request`, and the framing rules that Beast does
/// not enforce. Fed until the header is done; then told what to do with the body, and fed again until the end.
///
/// Framing (RFC 9112 section 6): exactly one `Transfer-Encoding`, exactly `chunked`, on HTTP/1.1, without `Content-Length`; at most one
/// `Content-Length`; exactly one `Host` (HTTP/1.0 may lack it). Everything else fails, and the connection cannot be used again. Trailers
/// are dropped.
class RequestParser : private boost::beast::http::basic_parser<true> {
 public:
  explicit RequestParser(std::size_t header_limit);

  enum class Step { need_more, header_done, done, too_large, failed };
  struct Fed {
    Step step = Step::need_more;
    std::size_t consumed = 0;
  };
  /// `bytes` begins with what was not consumed before. `too_large` (a body beyond its limit) can go on after `discard_body`.
  Fed feed(std::string_view bytes);
  /// A problem code, after `failed`.
  [[nodiscard]] std::string_view problem() const noexcept { return problem_; }

  void take_body(std::uint64_t limit);
  void discard_body(std::uint64_t limit);

  /// What is there so far, even after `failed`.
  [[nodiscard]] Request& request() noexcept { return request_; }
  /// Empty where the request's target is malformed: the request is refused, and the connection goes on.
  [[nodiscard]] std::string_view raw_path() const noexcept { return raw_path_; }
  // Valid once the header is done:
  [[nodiscard]] bool has_body() const { return chunked() || content_length().value_or(0) > 0; }
  [[nodiscard]] std::optional<std::uint64_t> announced_length() const;
  [[nodiscard]] std::uint64_t remaining_length() const { return content_length_remaining().value_or(0); }
  [[nodiscard]] bool keeps_alive() const { return keep_alive(); }
  [[nodiscard]] bool is_http_1_0() const noexcept { return version_ == 10; }
  [[nodiscard]] bool expects_continue() const;
  [[nodiscard]] bool finished() const { return is_done(); }

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

  void on_request_impl(boost::beast::http::verb method, string_view method_text, string_view target, int version,
                       error_code& error) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(boost::beast::http::field name, string_view name_text, string_view value, error_code& error) override;
  void on_header_impl(error_code& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& error) override;
  std::size_t on_body_impl(string_view body, error_code& error) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t remaining, string_view body, error_code& error) override;
  void on_finish_impl(error_code&) override {}

  [[nodiscard]] std::string_view framing_problem() const;
  Fed failed(std::size_t consumed, const error_code& error);
  void fail(std::string_view problem, error_code& error);

  Request request_;
  std::string raw_path_;
  std::string_view problem_;
  std::uint64_t limit_ = 0;  ///< Of the body.
  int version_ = 11;
  int hosts_ = 0;
  int lengths_ = 0;
  int encodings_ = 0;
  bool chunked_alone_ = false;
  bool host_is_proper_ = true;
  bool header_done_ = false;
  bool discards_ = false;
};

}  // namespace salam::http
