// Fuzzes http::Parser with request heads and chunked bodies: whatever the sizes of the reads, the
// same request must come out, every view must lie inside what was read, and what is taken must be
// what RFC 9112 allows. The first byte is the size of the reads, the second the limits, the rest is
// what comes over the connection.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/parser.hpp"
#include "http/target.hpp"

namespace {

using handin::http::Head;
using handin::http::Parser;
using Step = Parser::Step;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: %s\n", what);
    std::abort();
}

struct Bounds {
    std::size_t head = 16 * 1024;
    std::uint64_t body = 1U << 20U;
};

enum class End { incomplete, refused, complete };

struct Request {
    End head = End::incomplete;
    End body = End::incomplete;
    std::string method, target;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string content;   // of a chunked body
    std::size_t used = 0;  // bytes of the input, if the body is complete
};

// As Session::hear does: the head may move while it grows.
Step read_head(std::string_view input, std::size_t read_size, Bounds bounds, Parser& parser,
               std::vector<char>& inbox) {
    for (std::size_t at = 0; at < input.size() && inbox.size() < bounds.head; at += read_size) {
        auto some = input.substr(at, read_size);
        some = some.substr(0, bounds.head - inbox.size());
        std::vector<char> moved(inbox);
        moved.insert(moved.end(), some.begin(), some.end());
        moved.shrink_to_fit();
        inbox.swap(moved);
        const auto step = parser.read_head(inbox.data(), inbox.size());
        require(parser.head_size() <= inbox.size(), "more used than there is");
        if (step != Step::need_more) return step;
    }
    return inbox.size() < bounds.head ? Step::need_more : Step::refused;
}

// As WireBody::read_chunked does: what was not used comes again, with more behind it.
void read_chunks(std::string_view input, std::size_t read_size, Bounds bounds, Parser& parser,
                 Request& request) {
    parser.limit_body(bounds.body);
    std::string pending;
    for (;;) {
        const std::vector<char> copy(pending.begin(), pending.end());
        const auto chunk = parser.read_chunk({copy.data(), copy.size()});
        if (chunk.step == Step::refused) {
            require(!parser.reason().empty(), "no reason");
            request.body = End::refused;
            return;
        }
        require(chunk.used <= copy.size(), "more used than there is");
        if (!chunk.piece.empty()) {
            require(chunk.piece.data() >= copy.data() &&
                        chunk.piece.data() + chunk.piece.size() <= copy.data() + copy.size(),
                    "a piece outside of the input");
            request.content += chunk.piece;
            require(request.content.size() <= bounds.body, "more than the limit");
        }
        request.used += chunk.used;
        pending.erase(0, chunk.used);
        if (parser.is_done()) {
            request.body = End::complete;
            return;
        }
        if (chunk.step == Step::done) {
            require(chunk.used > 0, "no progress");
            continue;
        }
        if (input.empty()) return;
        const auto some = input.substr(0, read_size);
        pending += some;
        input.remove_prefix(some.size());
    }
}

void check_head(const Head& head) {
    require(head.hosts <= 1, "two hosts");
    require(!head.http_1_1 || head.hosts == 1, "no host");
    require(!(head.chunked && head.content_length), "length and chunks: a smuggled request");
    for (const auto& field : head.fields) {
        const auto value = head.text(field.value);
        require(field.name.size > 0, "a field without a name");
        require(std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || !c; }),
                "a line break in a value");
    }
    const auto target = head.text(head.target);
    if (const auto read = handin::http::read_target(target, head.method)) {
        require(!read->path.contains('?'), "a query in the path");
        require(read->text.starts_with('/') || read->text.starts_with('?') || read->text == "*",
                "no origin-form");
    }
}

Request read(std::string_view input, std::size_t read_size, Bounds bounds) {
    Head head;
    Parser parser(head, bounds.head);
    std::vector<char> inbox;
    Request request;
    const auto step = read_head(input, read_size, bounds, parser, inbox);
    if (step == Step::need_more) return request;
    if (step == Step::refused) {
        request.head = End::refused;
        return request;
    }
    request.head = End::complete;
    check_head(head);
    request.method = head.text(head.method_text);
    request.target = head.text(head.target);
    for (const auto& field : head.fields)
        request.fields.emplace_back(head.text(field.name), head.text(field.value));
    request.used = parser.head_size();
    if (head.chunked) read_chunks(input.substr(request.used), read_size, bounds, parser, request);
    return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view wire(reinterpret_cast<const char*>(input) + 2, size - 2);
    Bounds bounds;
    if ((input[1] & 1U) != 0) bounds = {.head = 128, .body = 20};
    const auto whole = read(wire, std::max<std::size_t>(wire.size(), 1), bounds);
    const auto pieces = read(wire, input[0] + 1U, bounds);
    // Whether nonsense is refused at once or when its end has come depends on the reads.
    const auto taken = [](const Request& request) { return request.head == End::complete; };
    require(taken(whole) == taken(pieces), "a head is taken or not");
    if (!taken(whole)) return 0;
    require(whole.method == pieces.method && whole.target == pieces.target &&
                whole.fields == pieces.fields,
            "heads differ");
    const bool complete = whole.body == End::complete;
    require(complete == (pieces.body == End::complete), "a body is taken or not");
    require(!complete || (whole.content == pieces.content && whole.used == pieces.used),
            "bodies differ");
    return 0;
}
