#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "api/edlink/body/submit_body.hpp"

namespace handin::edlink {

inline void PrintTo(const Problem& problem, std::ostream* out) {
    *out << static_cast<int>(problem.kind) << " [" << problem.field << "] " << problem.message;
}

// Everything a parser said about a body. What it said before a problem does not count.
struct Reading {
    std::optional<Problem> problem = {};
    std::vector<AttachmentFields> fields = {};
    std::map<std::size_t, std::string> data = {}, text = {};
    std::vector<std::string> unexpected = {};
    bool has_attachments = false;
    bool operator==(const Reading&) const = default;
};

inline Reading read(const std::vector<std::string_view>& chunks, SubmitBodyOptions options = {}) {
    SubmitBodyParser parser(options);
    Reading reading;
    for (std::string_view chunk : chunks) {
        const std::string copy(chunk);  // of its own, so that ASan sees a read beyond it
        const bool was_bad = parser.problem().has_value();
        const auto pieces = parser.feed(copy);
        if (was_bad || parser.problem()) EXPECT_TRUE(pieces.empty());
        for (const Piece& piece : pieces) {
            EXPECT_FALSE(piece.bytes.empty());
            const bool is_text = piece.of == Piece::Of::text;
            EXPECT_FALSE(is_text && (piece.bytes.front() & 0xC0) == 0x80) << "half a character";
            auto& to = is_text ? reading.text : reading.data;
            to[piece.attachment] += piece.bytes;
        }
    }
    parser.finish();
    if (parser.problem()) return {.problem = parser.problem()};
    reading.fields.assign(parser.attachments().begin(), parser.attachments().end());
    reading.unexpected.assign(parser.unexpected_fields().begin(), parser.unexpected_fields().end());
    reading.has_attachments = parser.has_attachments_key();
    for (std::size_t i = 0; i < reading.fields.size(); ++i) {
        const auto size = [i](const auto& of) { return of.contains(i) ? of.at(i).size() : 0; };
        EXPECT_EQ(reading.fields[i].data_bytes, size(reading.data));
        EXPECT_EQ(reading.fields[i].text_bytes, size(reading.text));
        EXPECT_TRUE(reading.fields[i].has_data || !reading.data.contains(i));
        EXPECT_TRUE(reading.fields[i].has_text || !reading.text.contains(i));
    }
    return reading;
}

inline std::vector<std::string_view> cut(std::string_view body, std::size_t size) {
    std::vector<std::string_view> chunks;
    for (std::size_t at = 0; at < body.size(); at += size)
        chunks.push_back(body.substr(at, size));
    return chunks;
}

// Whole, a byte at a time, in some sizes of chunk and (small ones) at every split into two.
inline Reading read_every_way(std::string_view body, SubmitBodyOptions options = {}) {
    const Reading whole = read({body}, options);
    for (std::size_t size : {1U, 2U, 3U, 7U, 64U, 1000U, 4096U}) {
        const Reading other = read(cut(body, size), options);
        EXPECT_EQ(other.problem, whole.problem) << "in chunks of " << size;
        EXPECT_TRUE(other == whole) << "in chunks of " << size;
    }
    for (std::size_t at = 0; at <= body.size() && body.size() <= 1000; ++at) {
        const Reading other = read({body.substr(0, at), body.substr(at)}, options);
        EXPECT_EQ(other.problem, whole.problem) << "split at " << at;
        EXPECT_TRUE(other == whole) << "split at " << at;
    }
    return whole;
}

inline std::string attachments(std::string_view inside) {
    return R"({"attachments":[)" + std::string(inside) + "]}";
}
inline std::string with_data(std::string_view data) {
    return attachments(R"({"type":"file","title":"a","data":)" + std::string(data) + "}");
}

}  // namespace handin::edlink
