#include "api/edlink/body/submit_body.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <utility>

#include "api/edlink/body/byte_list.hpp"
#include "api/edlink/body/handler.hpp"
#include "api/edlink/body/lexer.hpp"

namespace handin::edlink {
namespace {

using detail::ByteList;
using detail::Handler;
using detail::Lexer;

// Brackets within brackets: our own deepest are 5, the rest is for unknown fields.
constexpr std::size_t max_depth = 16;

// Bytes given to basic_parser at once. Boost 1.81 decodes escapes into a stack buffer of 4096 bytes
// and overruns it when a call begins inside of \uXXXX or of a UTF-8 sequence and goes on for 4 KiB
// (boostorg/json issue 876); it cannot within a call that is shorter than the buffer.
constexpr std::size_t max_segment = 4096 - 64;

bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

std::string at_byte(std::uint64_t offset) {
    return " at byte " + std::to_string(offset);
}

}  // namespace

class SubmitBodyParser::Impl {
 public:
    explicit Impl(SubmitBodyOptions options)
        : parser_({.max_depth = max_depth}, options), handler_(parser_.handler()) {}

    std::span<const Piece> feed(std::string_view chunk);
    void finish();

    Handler& handler() { return handler_; }
    const std::optional<Problem>& problem() const { return problem_; }

 private:
    enum class Mode : std::uint8_t {
        json,        // the parser's
        object,      // behind the { of a `data`: a list of bytes or a Buffer?
        object_key,  // and behind the first quote
        bytes        // inside a list of bytes
    };

    std::size_t step(std::string_view text);
    std::size_t json(std::string_view text, std::uint64_t offset);
    std::size_t object(std::string_view text);
    void object_key(char c);
    std::size_t bytes(std::string_view text);
    bool parse(std::string_view segment, std::uint64_t offset, const Lexer& before);
    void report(const boost::json::error_code& ec, std::uint64_t offset, Lexer lexer,
                std::string_view read, std::uint64_t read_offset);
    void invalid(std::string message) {
        problem_ = Problem{Problem::Kind::invalid_body, {}, std::move(message)};
    }

    boost::json::basic_parser<Handler> parser_;
    Handler& handler_;
    Lexer lexer_;
    ByteList list_;
    Mode mode_ = Mode::json;
    std::uint64_t offset_ = 0;  // of the next byte
    std::optional<Problem> problem_;
};

std::span<const Piece> SubmitBodyParser::Impl::feed(std::string_view chunk) {
    detail::Output& output = handler_.output();
    output.start(chunk.size());
    while (!chunk.empty() && !problem_) {
        const std::size_t n = step(chunk);
        offset_ += n;
        chunk.remove_prefix(n);
    }
    if (problem_) output.drop();
    return output.pieces();
}

// Takes at least one byte, or changes the mode, or finds a problem.
std::size_t SubmitBodyParser::Impl::step(std::string_view text) {
    switch (mode_) {
        case Mode::json:
            return json(text, offset_);
        case Mode::object:
            return object(text);
        case Mode::object_key:
            object_key(text.front());
            return 0;
        case Mode::bytes:
            return bytes(text);
    }
    std::unreachable();
}

std::size_t SubmitBodyParser::Impl::json(std::string_view text, std::uint64_t offset) {
    const Lexer before = lexer_;
    const char* const begin = text.data();
    const char* const end = begin + std::min(text.size(), max_segment);
    const char* const stop = lexer_.run(begin, end, offset, handler_.skip_depth());
    const auto n = static_cast<std::size_t>(stop - begin);
    if (!parse(text.substr(0, n), offset, before)) return n;
    if (lexer_.broken()) {
        invalid("not UTF-8 in the string" + at_byte(lexer_.last_string()));
    } else if (handler_.opened() == ByteList::Form::array) {
        list_.open(ByteList::Form::array);
        mode_ = Mode::bytes;
    } else if (handler_.opened()) {
        mode_ = Mode::object;
    }
    return n;
}

bool SubmitBodyParser::Impl::parse(std::string_view segment, std::uint64_t offset,
                                   const Lexer& before) {
    boost::json::error_code ec;
    const std::size_t n = parser_.write_some(true, segment.data(), segment.size(), ec);
    if (!ec && n == segment.size()) return true;
    // Without an error it stops early only where the document has ended and something follows.
    report(ec, offset + n, before, segment.substr(0, n), offset);
    return false;
}

void SubmitBodyParser::Impl::report(const boost::json::error_code& ec, std::uint64_t offset,
                                    Lexer lexer, std::string_view read, std::uint64_t read_offset) {
    constexpr std::size_t never_stop = SIZE_MAX / 2;
    lexer.run(read.data(), read.data() + read.size(), read_offset, never_stop);
    if (handler_.problem()) {
        problem_ = handler_.problem();
        if (handler_.problem_has_place()) problem_->message += at_byte(lexer.place(offset));
    } else if (ec == boost::json::error::too_deep) {
        invalid("brackets nested deeper than " + std::to_string(max_depth) + at_byte(offset));
    } else if (lexer.in_string() || ec == boost::json::error::expected_hex_digit) {
        // In a bad \uXXXX Boost may point behind the string's closing quote.
        invalid("not valid JSON in the string" + at_byte(lexer.last_string()));
    } else {
        invalid("not valid JSON" + at_byte(lexer.place(offset)));
    }
}

std::size_t SubmitBodyParser::Impl::object(std::string_view text) {
    const char* const first = std::ranges::find_if_not(text, is_space);
    const auto n = static_cast<std::size_t>(first - text.data());
    if (n == text.size()) return n;
    if (*first == '"') {
        mode_ = Mode::object_key;
        return n + 1;
    }
    if (*first == '}') handler_.opened_was_list();  // JSON.stringify(new Uint8Array(0))
    handler_.close_opened();
    mode_ = Mode::json;
    return n;
}

void SubmitBodyParser::Impl::object_key(char c) {
    if (c >= '0' && c <= '9') {
        handler_.opened_was_list();
        list_.open(ByteList::Form::object);
        mode_ = Mode::bytes;
        return;
    }
    handler_.close_opened();
    mode_ = Mode::json;
    json("\"", offset_ - 1);  // the quote that was kept back
}

std::size_t SubmitBodyParser::Impl::bytes(std::string_view text) {
    detail::Output& output = handler_.output();
    const ByteList::Result result = list_.scan(text, output.room(text.size() / 2 + 1));
    output.commit(handler_.current(), Piece::Of::data, result.written);
    handler_.add_data_bytes(result.written);
    if (result.end == ByteList::End::invalid) {
        problem_ = Problem{Problem::Kind::invalid_body,
                           handler_.data_path() + "[" + std::to_string(list_.count()) + "]",
                           std::string(list_.expected())};
    } else if (result.end == ByteList::End::closed) {
        handler_.close_opened();
        mode_ = Mode::json;  // which goes on with the bracket, as if the list had been empty
    }
    return result.consumed;
}

void SubmitBodyParser::Impl::finish() {
    if (problem_) return;
    boost::json::error_code ec;
    if (mode_ == Mode::json) parser_.write_some(false, "", 0, ec);
    if (handler_.problem()) {
        report(ec, offset_, lexer_, {}, offset_);
    } else if (ec || mode_ != Mode::json) {
        invalid(offset_ == 0 ? "the body is empty" : "the body ends too early," + at_byte(offset_));
    }
}

SubmitBodyParser::SubmitBodyParser(SubmitBodyOptions options)
    : impl_(std::make_unique<Impl>(options)) {}
SubmitBodyParser::~SubmitBodyParser() = default;
SubmitBodyParser::SubmitBodyParser(SubmitBodyParser&&) noexcept = default;
SubmitBodyParser& SubmitBodyParser::operator=(SubmitBodyParser&&) noexcept = default;

std::span<const Piece> SubmitBodyParser::feed(std::string_view chunk) {
    return impl_->feed(chunk);
}
void SubmitBodyParser::finish() {
    impl_->finish();
}
const std::optional<Problem>& SubmitBodyParser::problem() const {
    return impl_->problem();
}
std::span<const AttachmentFields> SubmitBodyParser::attachments() const {
    return impl_->handler().attachments();
}
bool SubmitBodyParser::has_attachments_key() const {
    return impl_->handler().has_attachments();
}
std::span<const std::string> SubmitBodyParser::unexpected_fields() const {
    return impl_->handler().unexpected();
}

}  // namespace handin::edlink
