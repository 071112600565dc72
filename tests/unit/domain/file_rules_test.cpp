// tabula.md 4.3 and the rows F-1 to F-12 of 5.2; names: "File names" there.
#include "domain/file_rules.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cctype>

#include "domain/file_name.hpp"

namespace handin::test {
namespace {

using domain::FileFacts;
using domain::FileRules;
using Kind = domain::FileProblem::Kind;

constexpr std::uint64_t kMiB = 1'048'576;
const FileRules kTwo{.minimum = 1, .most = 2, .types = {"doc", "txt"}};
const FileRules kUnlimited{.minimum = 1, .types = {"doc", "txt"}};
const FileRules kFour{.minimum = 1, .most = 4, .types = {"doc", "docx", "pdf"}};

struct Case {
    const char* row;
    FileRules rules;
    std::vector<FileFacts> files;
    std::vector<Kind> problems;
};

const Case kCases[] = {
    {"F-1", kTwo, {}, {Kind::missing}},
    {"F-2", kTwo, {{"a.doc"}, {"b.doc"}, {"c.doc"}}, {Kind::too_many}},
    {"F-3", kUnlimited, {{"a.doc"}, {"b.doc"}, {"c.doc"}}, {}},
    {"F-4", kTwo, {{"a.doc"}, {"A.DOC"}}, {Kind::same_name}},
    {"F-5", kTwo, {{"file.exe"}}, {Kind::type_not_taken}},
    {"F-6", {.bytes = 5 * kMiB}, {{"a.doc", 10'000'000}}, {Kind::too_big}},
    {"F-6, just as large", {.bytes = 5 * kMiB}, {{"a.doc", 5'242'880}}, {}},
    {"F-7", {}, {{"a.doc", 10'000'000}}, {}},
    {"F-8", kFour, {{"a.docx"}, {"b.doc"}, {"c.PDF"}}, {}},
    {"F-9", kFour, {{"d.csv"}}, {Kind::type_not_taken}},
    {"F-10", {.minimum = 1, .most = 1}, {{"a"}, {"b"}}, {Kind::too_many}},
    {"F4 of 4.3", {.minimum = 3}, {{"a"}, {"b"}}, {Kind::too_few}},
    {"no files asked, none sent", {}, {}, {}},
    {"a type is the end after a dot", kTwo, {{"adoc"}, {".doc"}}, {Kind::type_not_taken}},
    {"a type may have a dot",
     {.types = {"tar.gz"}},
     {{"a.tar.gz"}, {"b.gz"}},
     {Kind::type_not_taken}},
    {"several at once",
     {.most = 1, .types = {"doc"}, .bytes = 1},
     {{"a.exe", 2}, {"a.exe", 2}},
     {Kind::too_many, Kind::type_not_taken, Kind::too_big}},
    {"0 MiB: every file is too big", {.bytes = 0}, {{"a", 1}}, {Kind::too_big}},
};

TEST(FileRules, FollowTabula) {
    for (const auto& c : kCases) {
        const auto found = check_files(c.rules, c.files);
        std::vector<Kind> kinds;
        for (const auto& problem : found)
            kinds.push_back(problem.kind);
        EXPECT_EQ(kinds, c.problems) << c.row;
    }
}

TEST(FileRules, SayWhatTheyAreAbout) {
    const std::vector<FileFacts> files{{"a.exe", 9}, {"b.doc", 9}, {"c.zip", 1}};
    const auto found = check_files({.most = 2, .types = {"doc"}, .bytes = 5}, files);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].limit, 2U);
    EXPECT_EQ(found[1].names, (std::vector<std::string>{"a.exe", "c.zip"}));
    EXPECT_EQ(found[2].names, (std::vector<std::string>{"a.exe", "b.doc"}));
    EXPECT_EQ(found[2].limit, 5U);
}

TEST(FileRules, LitterIsDropped) {  // F-11, F-12
    for (const auto* name : {"thumbs.db", "desktop.ini", ".DS_Store", "._thing.doc", "__MACOSX"})
        EXPECT_TRUE(domain::is_litter(name, 5)) << name;
    EXPECT_TRUE(domain::is_litter("essay.doc", 0));
    EXPECT_FALSE(domain::is_litter("essay.doc", 1));
}

TEST(FileRules, TypesThatCanBeAskedFor) {  // tabula.md 5.2 "Assignments"
    for (const auto* type : {"txt", "docx", "c", "x_t", "m4a", "mp4", "tar.gz"})
        EXPECT_TRUE(domain::is_file_type(type)) << type;
    for (const auto* type : {"", "txt;", "DOCX", "4ma", ".doc"})
        EXPECT_FALSE(domain::is_file_type(type)) << type;
}

TEST(FileName, Sanitised) {
    const struct {
        const char *given, *kept;
    } cases[] = {
        {" 0123456.docx", "0123456.docx"},
        {"a\\b:c?d<e|f>g/h.txt", "abcdefgh.txt"},
        {"a;b.xlsx", "ab.xlsx"},
        {"a  \t b%20%20c.txt", "a b c.txt"},
        {"\u5831\u544a.pdf", "download.pdf"},
        {"\u5831\u544a.\u6587", "download.unknowntype"},
        {"Aper\u00e7u.pdf", "Aperu.pdf"},
        {"x. pdf", "x.pdf"},
        {"Name.", "Name.unknowntype"},
        {".docx", "download.docx"},
        {".", "download.unknowntype"},
        {"", "download.unknowntype"},
        {".hidden.unix.file.txt", "hidden.unix.file.txt"},
        {"it's_ok-really!, 1.2.txt", "it's_ok-really!, 1.2.txt"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(domain::sanitised_name(c.given), c.kept) << c.given;
}

RC_GTEST_PROP(FileName, IsPlainAndHasAnEnding, (const std::string& name)) {
    const auto kept = domain::sanitised_name(name);
    const auto dot = kept.rfind('.');
    RC_ASSERT(dot != std::string::npos && dot > 0 && dot + 1 < kept.size());
    for (const char c : kept)
        RC_ASSERT(std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                  std::string_view("_-!',. ").contains(c));
}

}  // namespace
}  // namespace handin::test
