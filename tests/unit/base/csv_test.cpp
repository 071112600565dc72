// Comma-separated values (RFC 4180), as they arrive.
#include "base/csv.hpp"

#include <gtest/gtest.h>

namespace handin::test {
namespace {

using Record = std::vector<std::string>;
using Records = std::vector<Record>;

struct Parsed {
    Records records;
    std::vector<std::size_t> lines;
    std::vector<std::string> problems;  // one a record
};

Parsed parse(std::string_view text, std::size_t piece = 1000) {
    CsvReader reader([&] {
        const auto next = text.substr(0, piece);
        text.remove_prefix(next.size());
        return next;
    });
    Parsed parsed;
    Record fields;
    while (reader.next(fields)) {
        parsed.records.push_back(fields);
        parsed.lines.push_back(reader.line());
        parsed.problems.push_back(reader.problem());
    }
    return parsed;
}

TEST(Csv, Records) {
    const std::pair<std::string_view, Records> cases[] = {
        {"", {}},
        {"a", {{"a"}}},
        {"a,b,c\n", {{"a", "b", "c"}}},
        {"a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
        {"a,,\n,b\n", {{"a", "", ""}, {"", "b"}}},
        {"\n\na\n\r\n\nb\n\n", {{"a"}, {"b"}}},
        {"\xef\xbb\xbfname,x\n", {{"name", "x"}}},
        {"\"a\"\n", {{"a"}}},                                 // RFC 4180 2.5
        {"\"a,b\",c\n", {{"a,b", "c"}}},                      // 2.6
        {"\"a\nb\",\"c\r\nd\"\n", {{"a\nb", "c\r\nd"}}},      // 2.6
        {"\"say \"\"hi\"\"\",\"\"\n", {{"say \"hi\"", ""}}},  // 2.7
        {"\"\"\"\"\n", {{"\""}}},
        {" a , b \n", {{" a ", " b "}}},  // 2.4: spaces are part of a field
        {"ü,𝄞\n", {{"ü", "𝄞"}}},
        {"a\rb\n", {{"a\rb"}}},
    };
    for (const auto& [text, records] : cases)
        for (const std::size_t piece : {1U, 2U, 3U, 1000U}) {
            const auto parsed = parse(text, piece);
            EXPECT_EQ(parsed.records, records) << text << " in pieces of " << piece;
            for (const auto& problem : parsed.problems)
                EXPECT_EQ(problem, "") << text;
        }
}

TEST(Csv, Problems) {
    const std::tuple<std::string_view, std::size_t, std::string_view> cases[] = {
        {"a\n\"b\nc,d\n", 1, "never closed"},
        {"a\n\"b\"c,d\ne\n", 1, "not doubled"},
        {"a\nb\"c\ne\n", 1, "not doubled"},
    };
    for (const auto& [text, record, words] : cases) {
        const auto parsed = parse(text);
        ASSERT_GT(parsed.problems.size(), record);
        for (std::size_t i = 0; i < parsed.problems.size(); ++i)
            EXPECT_EQ(parsed.problems[i].contains(words), i == record) << text;
    }
}

TEST(Csv, TellsTheFirstLineOfEachRecord) {
    const auto parsed = parse("head\n\"two\nlines\"\r\n\nafter\n\"x\n\n\ny\",z\nend");
    EXPECT_EQ(parsed.lines, (std::vector<std::size_t>{1, 2, 5, 6, 10}));
}

TEST(Csv, BoundsARecordAndGoesOn) {
    const std::string longest(CsvReader::kLongestRecord, 'x');
    auto parsed = parse(longest + "\nnext\n");
    EXPECT_EQ(parsed.problems, (std::vector<std::string>{"", ""}));
    parsed = parse(longest + "x\nnext\n");
    EXPECT_EQ(parsed.problems, (std::vector<std::string>{"the record is too long", ""}));
    EXPECT_LE(parsed.records[0][0].size(), CsvReader::kLongestRecord);
    parsed = parse(std::string(CsvReader::kMostFields, ',') + "\nnext\n");
    EXPECT_EQ(parsed.problems, (std::vector<std::string>{"the record has too many fields", ""}));
    EXPECT_EQ(parsed.records[0].size(), CsvReader::kMostFields);
    EXPECT_EQ(parsed.records[1], Record{"next"});
}

}  // namespace
}  // namespace handin::test
