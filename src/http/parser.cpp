#include "http/parser.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

#include "base/encoding.hpp"

namespace handin::http {
namespace {

namespace beast_http = boost::beast::http;

// Room for so many is kept between the requests of a connection.
constexpr std::size_t kUsualFields = 64;

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

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
            return Method::del;
        case beast_http::verb::options:
            return Method::options;
        default:
            return Method::other;
    }
}

std::string_view reason_for(const boost::beast::error_code& error) {
    using beast_http::error;
    if (error == beast_http::error::bad_version) return "unsupported HTTP version";
    if (error == beast_http::error::bad_method) return "malformed method";
    if (error == beast_http::error::bad_target) return "malformed request target";
    if (error == beast_http::error::bad_content_length) return "malformed Content-Length";
    if (error == beast_http::error::multiple_content_length) return "repeated Content-Length";
    if (error == beast_http::error::bad_transfer_encoding) return "malformed Transfer-Encoding";
    if (error == beast_http::error::bad_chunk) return "malformed chunk";
    if (error == beast_http::error::bad_chunk_extension) return "malformed chunk extension";
    return "malformed request";
}

}  // namespace

bool is_host_char(char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_~:[]%!$&'()*+,;=").contains(c);
}

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view Head::field(std::string_view name) const {
    for (const auto& entry : fields) {
        if (entry.name.size == name.size() && same_name(text(entry.name), name)) {
            return text(entry.value);
        }
    }
    return {};
}

void Head::clear() {
    auto kept = std::move(fields);
    kept.clear();
    if (kept.capacity() > kUsualFields) kept = {};
    *this = Head();
    fields = std::move(kept);
}

Parser::Parser(Head& head, std::size_t head_bytes) : head_(head), extensions_left_(head_bytes) {
    eager(false);
    header_limit(static_cast<std::uint32_t>(head_bytes));
    body_limit(boost::none);  // depends on the route, which is not known yet
    head_.clear();
}

Parser::Step Parser::read_head(const char* start, std::size_t bytes) {
    using enum Step;
    head_.base = start;
    if (used_ == bytes) return need_more;
    input_ = {start + used_, bytes - used_};
    Error error;
    used_ += put(boost::asio::const_buffer(input_.data(), input_.size()), error);
    if (error == beast_http::error::need_more) return need_more;
    if (error == beast_http::error::header_limit) refuse_as_too_large();
    if (error) {
        if (reason_.empty()) reason_ = reason_for(error);
        return refused;
    }
    return is_header_done() ? done : need_more;
}

Parser::Chunk Parser::read_chunk(std::string_view input) {
    using enum Step;
    piece_ = {};
    // Boost 1.81 asserts that a last chunk of which it was shown three bytes comes with at least
    // five the next time (found by tests/fuzz/http_request_fuzz.cpp).
    const bool in_last_chunk = chunk_left_ == 0 && input.starts_with("0\r\n") && input.size() < 5;
    if (input.empty() || in_last_chunk) return {need_more, 0, {}};
    input_ = input;
    Error error;
    const auto used = put(boost::asio::const_buffer(input.data(), input.size()), error);
    if (error == beast_http::error::need_more) return {need_more, used, {}};
    if (error) {
        if (reason_.empty()) reason_ = reason_for(error);
        return {refused, 0, {}};
    }
    return {done, used, piece_};
}

void Parser::refuse_as_too_large() {
    too_large_ = true;
    reason_ = "request head too large";
}

void Parser::on_request_impl(Verb verb, Text method, Text target, int version, Error& error) {
    head_.method = method_of(verb);
    head_.method_text = slice(method);
    head_.target = slice(target);
    head_.http_1_1 = version == 11;
    if (std::ranges::any_of(target, is_control) || target.contains('#')) {
        refuse(error, "malformed request target");
    }
}

void Parser::on_field_impl(Known known, Text name, Text value, Error& error) {
    // A folded value begins after a line break, or was joined in a buffer of Beast's own.
    const auto* after_colon = name.data() + name.size() + 1;
    const auto* end = input_.data() + input_.size();
    const auto in_input = std::less_equal<>()(after_colon, value.data()) &&
                          std::less_equal<>()(value.data() + value.size(), end);
    if (!in_input || !std::all_of(after_colon, value.data(), is_blank)) {
        return refuse(error, "folded header");
    }
    if (in_body_) return;  // a trailer: checked for its form, and dropped
    if (known == Known::content_length) {
        // RFC 9110 8.6 lets equal ones pass, but whoever sends two is up to something.
        if (head_.content_length) return refuse(error, "repeated Content-Length");
        std::uint64_t length = 0;
        const auto [stop, failure] =
            std::from_chars(value.data(), value.data() + value.size(), length);
        if (failure != std::errc() || stop != value.data() + value.size()) {
            return refuse(error, "malformed Content-Length");
        }
        head_.content_length = length;
    } else if (known == Known::transfer_encoding) {
        if (!same_name(value, "chunked")) return refuse(error, "unsupported Transfer-Encoding");
        head_.chunked = true;
    } else if (known == Known::host) {
        if (++head_.hosts > 1) return refuse(error, "repeated Host");
        if (!std::ranges::all_of(value, is_host_char)) return refuse(error, "malformed Host");
    }
    head_.fields.push_back({slice(name), slice(value)});
}

void Parser::on_header_impl(Error& error) {
    in_body_ = true;
    if (head_.http_1_1 && head_.hosts == 0) return refuse(error, "missing Host");
    if (!head_.http_1_1 && head_.chunked) refuse(error, "Transfer-Encoding in HTTP/1.0");
}

void Parser::on_chunk_header_impl(std::uint64_t size, Text extensions, Error& error) {
    // Without a bound, one-byte chunks with long extensions would let a client send for ever.
    if (extensions.size() > extensions_left_) return refuse(error, "chunk extensions too large");
    extensions_left_ -= extensions.size();
    if (std::ranges::any_of(extensions, is_control)) {
        return refuse(error, "malformed chunk extension");
    }
    if (size > body_left_) {
        too_large_ = true;
        return refuse(error, "request body too large");
    }
    body_left_ -= size;
    chunk_left_ = size;
}

std::size_t Parser::on_chunk_body_impl(std::uint64_t, Text body, Error&) {
    piece_ = body;
    chunk_left_ -= body.size();
    return body.size();
}

void Parser::refuse(Error& error, std::string_view reason) {
    reason_ = reason;
    error = beast_http::error::bad_field;
}

Slice Parser::slice(Text text) const {
    return {static_cast<std::uint32_t>(text.data() - head_.base),
            static_cast<std::uint32_t>(text.size())};
}

}  // namespace handin::http
