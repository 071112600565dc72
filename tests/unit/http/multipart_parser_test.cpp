// Bodies and what is in them, cut at every byte: RFC 7578, and RFC 2046 5.1.1 below it.
#include <random>

#include "http/multipart_reading.hpp"

namespace handin::http::test {
namespace {

using Kind = MultipartProblem::Kind;

constexpr std::string_view kBoundary = "-x'(2)";

// Each line a string; "--B" stands for the boundary.
std::string body(std::initializer_list<std::string_view> lines) {
    std::string text;
    for (auto line : lines) {
        if (!text.empty()) text += "\r\n";
        if (line.starts_with("--B")) {
            text.append("--").append(kBoundary);
            line.remove_prefix(3);
        }
        text += line;
    }
    return text;
}

// The same however the body is cut: at each byte, byte by byte, and somewhere.
void expect_reading(std::string_view text, const Reading& wanted, MultipartLimits limits = {}) {
    SCOPED_TRACE(text);
    ASSERT_EQ(read_whole(text, kBoundary, limits), wanted);
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bytes.push_back(text.substr(i, 1));
        ASSERT_EQ(read_pieces({text.substr(0, i), text.substr(i)}, kBoundary, limits), wanted) << i;
    }
    ASSERT_EQ(read_pieces(bytes, kBoundary, limits), wanted);
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        std::vector<std::string_view> pieces;
        for (auto rest = text; !rest.empty();) {
            pieces.push_back(rest.substr(0, 1 + random() % 9));
            rest.remove_prefix(pieces.back().size());
        }
        ASSERT_EQ(read_pieces(pieces, kBoundary, limits), wanted);
    }
}

Part field(std::string_view content, std::string_view name = "a") {
    return {.head = {.name = std::string(name), .filename = {}, .media_type = ""},
            .content = std::string(content)};
}

const std::string kDisposition = "Content-Disposition: form-data; name=a";

TEST(MultipartParser, Bodies) {
    const auto& head = kDisposition;
    const struct {
        std::string text;
        std::vector<Part> parts;
    } cases[] = {
        {body({"--B--"}), {}},
        {body({"--B--", ""}), {}},
        {body({"--B", head, "", "x", "--B--", ""}), {field("x")}},
        {body({"--B", head, "", "", "--B--"}), {field("")}},
        {body({"--B", head, "", "--B--"}), {field("")}},  // RFC 2046: nothing but headers
        {body({"--B", head, "", "x", "--B", head, "", "y", "--B--"}), {field("x"), field("y")}},
        // Before the first boundary and behind the last there may be anything.
        {body({"preamble", "-", "--B", head, "", "x", "--B--", "epilogue", "--B", "more"}),
         {field("x")}},
        {body({"", "--B", head, "", "x", "--B--  "}), {field("x")}},
        {body({"--B \t ", head, "", "x", "--B\t", head, "", "y", "--B--"}),
         {field("x"), field("y")}},
        // What looks like a boundary and is none.
        {body({"--B", head, "", "", "", "\r\n", "", "--B--"}), {field("\r\n\r\n\r\n\r\n")}},
        {body({"--B", head, "", "\r", "\r\r\n-", "--", "---x'(2", "", "--B--"}),
         {field("\r\r\n\r\r\n-\r\n--\r\n---x'(2\r\n")}},
        {body({"--B", head, "", "a--B", "-x'(2)", "--x'(2)", "--B--"}),
         {field("a--B\r\n-x'(2)\r\n--x'(2)")}},
        {body({"--B", head, "", "a\n---x'(2)\r---x'(2)", "--B--"}),
         {field("a\n---x'(2)\r---x'(2)")}},
        {body({"--B", head, "", std::string_view("\0\xff\r\0", 4), "--B--"}),
         {field(std::string_view("\0\xff\r\0", 4))}},
        // Headers that a form does not need are ignored (RFC 7578 4.8), blanks and case too.
        {body({"--B", "x-other:1", "CONTENT-disposition:Form-Data ;NAME =\"a\" ", "X-Empty:", "",
               "x", "--B--"}),
         {field("x")}},
        {body({"--B", "Content-Disposition: form-data;", "\tname=a", "", "x", "--B--"}),
         {field("x")}},
    };
    for (const auto& wanted : cases)
        expect_reading(wanted.text, {wanted.parts, {}});
}

TEST(MultipartParser, Malformed) {
    const auto& head = kDisposition;
    const auto line_feeds = [](std::string text) {
        std::erase(text, '\r');
        return text;
    };
    const auto whole = body({"--B", head, "", "x", "--B--"});
    const std::string early = "the body ends before its closing boundary";
    const std::string absent = "the boundary that Content-Type names is not in the body";
    const std::string line_feed = "a line ends with LF alone; lines end with CRLF";
    const std::string follows = "a boundary is followed by neither CRLF nor two dashes";
    const struct {
        std::string text, message;
    } cases[] = {
        {"", absent},
        {"x", absent},
        {"{\"attachments\":[]}", absent},
        {body({"--another", head, "", "x", "--another--"}), absent},
        {"x" + body({"--B", head}), absent},  // not at the beginning of a line
        {body({"--B"}), early},
        {body({"--B-"}), early},
        {body({"--B", head}), early},
        {body({"--B", head, ""}), early},
        {body({"--B", head, "", "x"}), early},
        {body({"--B", head, "", "x", "--B"}), early},
        {body({"--B", head, "", "x", "--B-"}), early},
        {body({"--B", head, "", "x", "--B", ""}), early},
        {line_feeds(whole), line_feed},
        {body({"--B\n" + head, "", "x", "--B--"}), line_feed},
        {body({"--B", head + "\n", "x", "--B--"}), line_feed},
        {body({"--B", head, "\nx", "--B--"}), line_feed},
        {body({"--Bx", head, "", "x", "--B--"}), follows},
        {body({"--B -", head, "", "x", "--B--"}), follows},
        {body({"--B -- ", head, "", "x", "--B--"}), follows},
        {body({"--B\rx", head, "", "x", "--B--"}), follows},
        {body({"--B-x", head, "", "x", "--B--"}), follows},
        {body({"--B", head, "", "x", "--B1--"}), follows},
        {body({"--B", "", "x", "--B--"}), "part 1: Content-Disposition is missing"},
        {body({"--B", head, "", "x", "--B", "Content-Type: a/b", "", "", "--B--"}),
         "part 2: Content-Disposition is missing"},
        {body({"--B", head, "--B--", "", ""}), "part 1: a header line is not 'Name: value'"},
        {body({"--B", "Content-Type : a/b", "", "", "--B--"}),
         "part 1: a header line is not 'Name: value'"},
        {body({"--B", " " + head, "", "", "--B--"}), "part 1: a header line is not 'Name: value'"},
        {body({"--B", head + "\rb", "", "", "--B--"}),
         "part 1: a header line is not 'Name: value'"},
        {body({"--B", head, head, "", "", "--B--"}),
         "part 1: Content-Disposition is given more than once"},
    };
    for (const auto& wanted : cases)
        expect_reading(wanted.text, {{}, MultipartProblem{Kind::malformed, wanted.message}});
}

TEST(MultipartParser, Limits) {
    const MultipartLimits limits{.parts = 2, .head_bytes = 60, .around_bytes = 10};
    const auto& head = kDisposition;  // 38 bytes, so 40 as a line and 42 with the empty one
    const auto with = [&](std::size_t more) {
        return body({"--B", head, "X: " + std::string(more, 'y'), "", "x", "--B--"});
    };
    const struct {
        std::string text, message;  // empty: taken
    } cases[] = {
        {body({"--B", head, "", "", "--B", head, "", "", "--B--"}), ""},
        {body({"--B", head, "", "", "--B", head, "", "", "--B", head, "", "", "--B--"}),
         "there are more than 2 parts"},
        {with(13), ""},
        {with(14), "part 1: its headers have more than 60 bytes"},
        {with(5000), "part 1: its headers have more than 60 bytes"},
        {body({"--B" + std::string(59, ' '), head, "", "", "--B--"}), ""},
        {body({"--B" + std::string(61, ' '), head, "", "", "--B--"}),
         "a boundary is followed by too many blanks"},
        {body({"123456789", "--B--", ""}), "more than 10 bytes are outside of the parts"},
        {body({"12345678", "--B--"}), ""},
        {body({"1234567", "--B--", "8"}), ""},
        {body({"1234567890", "--B--"}), ""},
        {body({"12345678901", "--B--"}), "more than 10 bytes are outside of the parts"},
        {body({"--B--", "123456789"}), "more than 10 bytes are outside of the parts"},
        {std::string(1000, 'x'), "more than 10 bytes are outside of the parts"},
    };
    for (const auto& wanted : cases) {
        SCOPED_TRACE(wanted.text);
        const auto reading = read_whole(wanted.text, kBoundary, limits);
        EXPECT_EQ(reading.problem ? reading.problem->message : "", wanted.message);
        if (reading.problem) EXPECT_EQ(reading.problem->kind, Kind::too_much);
        expect_reading(wanted.text, reading, limits);
    }
}

TEST(MultipartParser, LongPartsInPieces) {
    std::mt19937 random(3);
    for (const std::size_t piece : {1U, 7U, 64U, 4096U, 65536U}) {
        std::string content(200'000, '\0');
        for (char& c : content)
            c = "\r\n-xyz"[random() % 6];  // full of half boundaries
        const auto text = body({"--B", kDisposition, "", content, "--B--"});
        std::vector<std::string_view> pieces;
        for (std::size_t at = 0; at < text.size(); at += piece)
            pieces.push_back(std::string_view(text).substr(at, piece));
        const auto reading = read_pieces(pieces, kBoundary);
        ASSERT_EQ(reading.parts.size(), 1U);
        EXPECT_TRUE(reading.parts[0].content == content);
    }
}

TEST(MultipartParser, Boundary) {
    const std::string longest(70, 'b');
    const struct {
        std::string type, boundary;  // empty: refused
    } cases[] = {
        {"multipart/form-data; boundary=x", "x"},
        {"Multipart/Form-Data;charset=utf-8;BOUNDARY=\"a b\"", "a b"},
        {"multipart/form-data; boundary=----WebKitFormBoundaryAb1", "----WebKitFormBoundaryAb1"},
        {"multipart/form-data; boundary=----=_Part_1.2:3", "----=_Part_1.2:3"},
        {"multipart/form-data; boundary=" + longest, longest},
        {"multipart/form-data; boundary=" + longest + "b", ""},
        {"multipart/form-data; boundary=", ""},
        {"multipart/form-data; boundary=\"\"", ""},
        {"multipart/form-data; boundary=\"a \"", ""},
        {"multipart/form-data; boundary=\"a", ""},
        {"multipart/form-data; boundary=a*b", ""},
        {"multipart/form-data; boundary=\"a\\\"b\"", ""},
        {"multipart/form-data; boundary=a; boundary=b", ""},
        {"multipart/form-data; x", ""},
        {"multipart/form-data", ""},
    };
    for (const auto& wanted : cases) {
        const auto boundary = multipart_boundary(wanted.type);
        EXPECT_EQ(boundary.value_or(""), wanted.boundary) << wanted.type;
        EXPECT_TRUE(is_form_data(wanted.type)) << wanted.type;
    }
    for (const auto* type : {"", "application/json", "multipart/mixed; boundary=x", "multipart",
                             "multipart/form-data-x; boundary=x"})
        EXPECT_FALSE(is_form_data(type)) << type;
}

}  // namespace
}  // namespace handin::http::test
