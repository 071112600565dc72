// Fuzzes MultipartParser: a body whole and in pieces must read the same, and a body written from
// what was read must read the same again. The first byte is the size of the pieces, the second
// chooses the limits, the rest is the body; its boundary is "b".

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/header_value.hpp"
#include "http/multipart_parser.hpp"

namespace {

using handin::http::MultipartLimits;
using handin::http::MultipartParser;
using handin::http::MultipartProblem;
using handin::http::PartHead;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: %s\n", what);
    std::abort();
}

struct Part {
    PartHead head;
    std::string content;
    bool operator==(const Part&) const = default;
};

struct Reading {
    std::vector<Part> parts;
    std::optional<MultipartProblem> problem;
    bool operator==(const Reading&) const = default;
};

Reading read(std::string_view body, std::size_t piece_size, MultipartLimits limits) {
    using Step = MultipartParser::Step;
    MultipartParser parser("b", limits);
    Reading reading;
    std::size_t given = 0;
    for (std::size_t at = 0; at < body.size(); at += piece_size) {
        const auto piece = body.substr(at, piece_size);
        const std::vector<char> copy(piece.begin(), piece.end());  // ASan sees its ends
        parser.feed({copy.data(), copy.size()});
        for (auto step = parser.next(); step != Step::need_more; step = parser.next()) {
            require(step != Step::end, "an end before the body's");
            if (step == Step::problem) return {{}, parser.problem()};
            if (step == Step::part) reading.parts.push_back({parser.part(), ""});
            if (step != Step::bytes) continue;
            require(!parser.bytes().empty(), "empty bytes");
            reading.parts.back().content += parser.bytes();
            given += parser.bytes().size();
            require(given <= body.size(), "more bytes than came");
        }
    }
    parser.finish();
    if (parser.next() == Step::problem) return {{}, parser.problem()};
    require(parser.next() == Step::end, "neither end nor problem");
    return reading;
}

std::string percent_encoded(std::string_view text) {
    std::string result;
    for (const char c : text) {
        char escape[4];
        std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(c));
        result += escape;
    }
    return result;
}

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

std::string written(const std::vector<Part>& parts) {
    std::string body;
    for (const auto& [head, content] : parts) {
        body += "--b\r\nContent-Disposition: form-data; name=" + quoted(head.name);
        if (head.filename) body += "; filename*=UTF-8''" + percent_encoded(*head.filename);
        if (!head.media_type.empty()) body += "\r\nContent-Type: " + head.media_type;
        body += "\r\n\r\n" + content + "\r\n";
    }
    return body + "--b--\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view body(reinterpret_cast<const char*>(input) + 2, size - 2);
    MultipartLimits limits;
    if ((input[1] & 1U) != 0) limits = {.parts = 2, .head_bytes = 80, .around_bytes = 8};

    const auto whole = read(body, std::max<std::size_t>(body.size(), 1), limits);
    require(whole == read(body, input[0] + 1U, limits), "pieces differ from the whole");
    if (!whole.problem) {
        const auto text = written(whole.parts);
        // A name of nothing but bytes that had to be replaced has grown threefold.
        const MultipartLimits room{.parts = limits.parts, .head_bytes = 1U << 20U};
        require(read(text, text.size(), room) == whole, "written and read again differs");
    }
    (void)handin::http::multipart_boundary(body);
    (void)handin::http::is_form_data(body);
    return 0;
}
