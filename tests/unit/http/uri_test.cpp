#include "http/uri.hpp"

#include <gtest/gtest.h>

namespace handin::http {
namespace {

TEST(Uri, DecodesEscapesAndKeepsWhatIsNone) {
    EXPECT_EQ(percent_decode("a%20b+c"), "a b+c");
    EXPECT_EQ(percent_decode("%41%7a%c3%A9"), "Az\u00e9");
    EXPECT_EQ(percent_decode("100%"), "100%");
    EXPECT_EQ(percent_decode("%4"), "%4");
    EXPECT_EQ(percent_decode("%zz%-1"), "%zz%-1");
    EXPECT_EQ(percent_decode("%2541"), "%41");
}

TEST(Uri, DecodesQueries) {
    // edlink.md 1: $filter may come as %24filter or as it is.
    EXPECT_EQ(query_value("%24first=10", "$first"), "10");
    EXPECT_EQ(query_value("$first=10", "$first"), "10");
    EXPECT_EQ(query_value("a=b+c%20d", "a"), "b c d");
    EXPECT_EQ(query_value("a=1&a=2", "a"), "1");
    EXPECT_EQ(query_value("a", "a"), "");
    EXPECT_EQ(query_value("a=", "a"), "");
    EXPECT_EQ(query_value("b=1&&a=x=y", "a"), "x=y");
    EXPECT_EQ(query_value("", "a"), std::nullopt);
    EXPECT_EQ(query_value("ab=1", "a"), std::nullopt);
}

TEST(Uri, ListsPairsInOrder) {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(query_pairs("include%5B%5D=a&include[]=b&c"),
              (Pairs{{"include[]", "a"}, {"include[]", "b"}, {"c", ""}}));
    EXPECT_EQ(query_pairs("&&"), Pairs());
}

}  // namespace
}  // namespace handin::http
