// Inside http/: Beast's parser, and what it lets through refused (stack.md 2).
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "http/request.hpp"

namespace handin::http {

// A piece of the head: an offset, because the head may move while the rest of it arrives.
struct Slice {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
};

struct Field {
    Slice name, value;
};

// The head as it was sent. Text is looked up in `base`, where the head begins.
struct Head {
    const char* base = nullptr;
    Method method = Method::other;
    Slice method_text;
    Slice target;
    bool http_1_1 = true;
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    unsigned hosts = 0;
    std::vector<Field> fields;

    std::string_view text(Slice slice) const { return {base + slice.at, slice.size}; }
    // The first field of that name, any case; empty if there is none.
    std::string_view field(std::string_view name) const;
    void clear();
};

bool same_name(std::string_view a, std::string_view b);  // ASCII, any case
// RFC 3986 reg-name, IP-literal and port: anything else would end up in the links that we give.
bool is_host_char(char c);

// One request. The head is read into `head`; a chunked body comes out in pieces. It is fed with
// put(), which uses as much as it understands.
class Parser final : public boost::beast::http::basic_parser<true> {
 public:
    Parser(Head& head, std::size_t head_bytes);

    enum class Step { need_more, done, refused };

    // Goes on with a head that begins at `start` and of which `bytes` are there.
    Step read_head(const char* start, std::size_t bytes);
    std::size_t head_size() const { return used_; }

    struct Chunk {
        Step step;               // refused: no valid chunk, or longer than the limit
        std::size_t used;        // bytes of the input that are done with
        std::string_view piece;  // of the body, in the input; may be empty
    };
    // Before the first read_chunk(): how long the body may be.
    void limit_body(std::uint64_t bytes) { body_left_ = bytes; }
    // Goes on with a chunked body. Once it is done, is_done().
    Chunk read_chunk(std::string_view input);

    // The head does not end within the bytes it may have.
    void refuse_as_too_large();
    // Why it was refused; safe to show.
    std::string_view reason() const { return reason_; }
    bool too_large() const { return too_large_; }

 private:
    using Error = boost::beast::error_code;
    using Text = boost::beast::string_view;
    using Verb = boost::beast::http::verb;
    using Known = boost::beast::http::field;

    void on_request_impl(Verb, Text method, Text target, int version, Error&) override;
    void on_response_impl(int, Text, int, Error&) override {}
    void on_field_impl(Known, Text name, Text value, Error&) override;
    void on_header_impl(Error&) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
    std::size_t on_body_impl(Text body, Error&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t size, Text extensions, Error&) override;
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, Error&) override;
    void on_finish_impl(Error&) override {}

    void refuse(Error& error, std::string_view reason);
    Slice slice(Text text) const;

    Head& head_;
    std::string_view input_;        // what the parser is being fed
    std::size_t used_ = 0;          // of it or, while reading the head, of the head
    std::size_t extensions_left_;   // bytes that chunk extensions may still take
    std::uint64_t body_left_ = 0;   // bytes that the body may still have
    std::uint64_t chunk_left_ = 0;  // bytes of the chunk that have not come yet
    std::string_view piece_;
    std::string_view reason_;
    bool too_large_ = false;
    bool in_body_ = false;
};

}  // namespace handin::http
