// What a MultipartParser makes of a body that comes in pieces.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "http/multipart_parser.hpp"

namespace handin::http {

inline void PrintTo(const MultipartProblem& problem, std::ostream* out) {
    *out << static_cast<int>(problem.kind) << " " << problem.message;
}

inline void PrintTo(const PartHead& head, std::ostream* out) {
    *out << head.name << "|" << head.filename.value_or("(none)") << "|" << head.media_type;
}

}  // namespace handin::http

namespace handin::http::test {

struct Part {
    PartHead head;
    std::string content;
    bool operator==(const Part&) const = default;
};

// What was read before a problem does not count.
struct Reading {
    std::vector<Part> parts;
    std::optional<MultipartProblem> problem;
    bool operator==(const Reading&) const = default;
};

inline void PrintTo(const Reading& reading, std::ostream* out) {
    if (reading.problem) *out << ::testing::PrintToString(*reading.problem);
    for (const auto& part : reading.parts)
        *out << ::testing::PrintToString(part.head) << "=" << part.content << "\n";
}

inline Reading read_pieces(const std::vector<std::string_view>& pieces, std::string_view boundary,
                           MultipartLimits limits = {}) {
    using Step = MultipartParser::Step;
    MultipartParser parser(boundary, limits);
    Reading reading;
    bool in_part = false;
    const auto take_all = [&] {
        for (;;) {
            switch (parser.next()) {
                case Step::need_more:
                case Step::end:
                case Step::problem:
                    return;
                case Step::part:
                    EXPECT_FALSE(in_part);
                    in_part = true;
                    reading.parts.push_back({parser.part(), ""});
                    break;
                case Step::bytes:
                    EXPECT_TRUE(in_part);
                    EXPECT_FALSE(parser.bytes().empty());
                    reading.parts.back().content += parser.bytes();
                    break;
                case Step::part_end:
                    EXPECT_TRUE(in_part);
                    in_part = false;
                    break;
            }
        }
    };
    for (const auto piece : pieces) {
        const std::vector<char> copy(piece.begin(), piece.end());  // so that ASan sees its ends
        parser.feed({copy.data(), copy.size()});
        take_all();
    }
    parser.finish();
    if (const auto last = parser.next(); last == Step::problem) return {{}, parser.problem()};
    EXPECT_EQ(parser.next(), Step::end);
    EXPECT_FALSE(in_part);
    return reading;
}

inline Reading read_whole(std::string_view body, std::string_view boundary,
                          MultipartLimits limits = {}) {
    return read_pieces({body}, boundary, limits);
}

}  // namespace handin::http::test
