#include "gateway/http/request_parser.h"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>

#include "gateway/http/field_values.h"
#include "gateway/http/target.h"

namespace salam::http {
namespace {

namespace beast_http = boost::beast::http;

std::string_view std_view(boost::beast::string_view text) { return {text.data(), text.size()}; }

Method method_of(beast_http::verb verb) {
  switch (verb) {
    case beast_http::verb::get:
      return Method::get;
    case beast_http::verb::head:
      return Method::head;
    case beast_http::verb::post:
      return Method::post;
    case beast_http::verb::put:
      return Method::put;
    case beast_http::verb::patch:
      return Method::patch;
    case beast_http::verb::delete_:
      return Method::delete_;
    default:
      return Method::other;
  }
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view problem_of(const boost::beast::error_code& error) {
  if (error == beast_http::error::header_limit || error == beast_http::error::buffer_overflow) return "header_too_large";
  if (error == beast_http::error::bad_version) return "http_version_unsupported";
  return "bad_request";
}

}  // namespace

RequestParser::RequestParser(std::size_t header_limit) {
  basic_parser::header_limit(static_cast<std::uint32_t>(header_limit));
  body_limit(boost::none);
  request_.headers.reserve(8);
}

RequestParser::Fed RequestParser::feed(std::string_view bytes) {
  // Beast asserts that a last chunk of which it has seen the line alone comes again with two bytes more.
  constexpr std::string_view last_chunk = "0\r\n\r\n";
  if (header_done_ && chunked() && bytes.size() < last_chunk.size() && bytes.starts_with('0')) return {};
  if (header_done_ && !discards_ && announced_length().value_or(0) > limit_) return {Step::too_large, 0};
  error_code error;
  eager(header_done_);
  const std::size_t consumed = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error == beast_http::error::body_limit) return {Step::too_large, consumed};
  if (error && error != beast_http::error::need_more) return failed(consumed, error);
  if (is_done()) return {Step::done, consumed};
  if (!header_done_ && is_header_done()) {
    header_done_ = true;
    return {Step::header_done, consumed};
  }
  return {Step::need_more, consumed};
}

RequestParser::Fed RequestParser::failed(std::size_t consumed, const error_code& error) {
  if (problem_.empty()) problem_ = problem_of(error);
  return {Step::failed, consumed};
}

void RequestParser::fail(std::string_view problem, error_code& error) {
  problem_ = problem;
  error = beast_http::error::bad_value;
}

void RequestParser::take_body(std::uint64_t limit) {
  limit_ = limit;
  body_limit(limit);
}

void RequestParser::discard_body(std::uint64_t limit) {
  discards_ = true;
  request_.body = {};
  body_limit(limit);
}

std::optional<std::uint64_t> RequestParser::announced_length() const {
  const auto length = content_length();
  return length ? std::optional(*length) : std::nullopt;
}

bool RequestParser::expects_continue() const { return version_ == 11 && same_ignoring_case(request_.header("expect"), "100-continue"); }

void RequestParser::on_request_impl(beast_http::verb method, string_view, string_view target, int version, error_code&) {
  request_.method = method_of(method);
  version_ = version;
  auto parsed = http::parse_target(std_view(target));
  if (!parsed) return;
  raw_path_ = std::move(parsed->raw_path);
  request_.path = std::move(parsed->path);
  request_.query = std::move(parsed->query);
}

void RequestParser::on_field_impl(beast_http::field name, string_view name_text, string_view value, error_code&) {
  if (header_done_) return;
  if (name == beast_http::field::host) {
    ++hosts_;
    host_is_proper_ = std_view(value).find_first_of(" \t,/?#@\\") == std::string_view::npos;
  } else if (name == beast_http::field::content_length) {
    lengths_ += std_view(value).find(',') == std::string_view::npos ? 1 : 2;
  } else if (name == beast_http::field::transfer_encoding) {
    ++encodings_;
    chunked_alone_ = same_ignoring_case(std_view(value), "chunked");
  }
  request_.headers.emplace_back(lower_case(std_view(name_text)), std_view(value));
}

std::string_view RequestParser::framing_problem() const {
  if (hosts_ > 1 || (hosts_ == 0 && version_ == 11) || !host_is_proper_) return "host_invalid";
  if (lengths_ > 1 || encodings_ > 1) return "bad_request";
  if (encodings_ == 0) return {};
  if (!chunked_alone_) return "transfer_encoding_unsupported";
  return lengths_ > 0 || version_ != 11 ? "bad_request" : std::string_view();
}

void RequestParser::on_header_impl(error_code& error) {
  if (const auto problem = framing_problem(); !problem.empty()) fail(problem, error);
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
  if (length && !discards_) request_.body.reserve(static_cast<std::size_t>(*length));
}

std::size_t RequestParser::on_body_impl(string_view body, error_code&) {
  if (!discards_) request_.body.append(body.data(), body.size());
  return body.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& error) { return on_body_impl(body, error); }

}  // namespace salam::http
