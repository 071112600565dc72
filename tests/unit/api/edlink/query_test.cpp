// $filter, $fields (edlink.md 2.2).
#include "api/edlink/query.hpp"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace handin::test {
namespace {

namespace json = boost::json;
using edlink::Query;

// As a cursor brings it, which is read as the parameters are.
std::expected<Query, edlink::Failure> query(std::string_view filter, std::string_view fields = "") {
    return Query::from(
        json::serialize(json::array{json::string_view(filter.data(), filter.size()),
                                    json::string_view(fields.data(), fields.size()), ""}));
}

bool keeps(std::string_view field, std::string_view op, std::string_view value,
           std::string_view object) {
    const auto filter = json::serialize(json::object{
        {json::string_view(field.data(), field.size()),
         json::array{json::object{{"operator", std::string(op)}, {"value", std::string(value)}}}}});
    return query(filter).value().keeps(json::parse(std::string(object)).as_object());
}

TEST(Query, Operators) {
    struct Case {
        std::string_view field, op, value, object;
        bool kept;
    };
    constexpr Case cases[] = {
        {"a", "equals", "x", R"({"a":"x"})", true},
        {"a", "equals", "X", R"({"a":"x"})", false},
        {"a", "starts with", "ab", R"({"a":"abc"})", true},
        {"a", "starts with", "b", R"({"a":"abc"})", false},
        {"a", "contains", "BC", R"({"a":"abc"})", true},
        {"a", "contains", "d", R"({"a":"abc"})", false},
        {"a", "in", "x, y", R"({"a":"y"})", true},
        {"a", "in", "x,y", R"({"a":"z"})", false},
        {"a", "not in", "x,y", R"({"a":"z"})", true},
        {"a", "not in", "x,y", R"({"a":"x"})", false},
        {"a", "not in", "x", R"({"b":1})", true},
        {"a", "is known", "", R"({"a":"x"})", true},
        {"a", "is known", "", R"({"a":null})", false},
        {"a", "is unknown", "", R"({"a":null})", true},
        {"a", "is unknown", "", R"({})", true},
        {"a", "gt", "9", R"({"a":10})", true},  // numbers as numbers
        {"a", "gte", "10", R"({"a":10})", true},
        {"a", "lt", "9", R"({"a":10})", false},
        {"a", "lte", "2025-01-01T00:00:00Z", R"({"a":"2024-12-31T00:00:00Z"})", true},
        {"a", "gt", "b", R"({"a":null})", false},
        {"a", "equals", "10", R"({"a":10})", true},
        {"a", "equals", "true", R"({"a":true})", true},
        {"a", "equals", "x", R"({"a":["y","x"]})", true},  // one of them
        {"a", "equals", "x", R"({"a":[]})", false},
        {"a", "not in", "x", R"({"a":["y","x"]})", false},  // none of them
    };
    for (const auto& each : cases)
        EXPECT_EQ(keeps(each.field, each.op, each.value, each.object), each.kept)
            << each.op << ' ' << each.value << ' ' << each.object;
}

TEST(Query, RefusesWhatIsNoFilter) {
    for (const std::string_view filter :
         {"x", "1", R"({"a":1})", R"({"a":[1]})", R"({"a":[{"operator":"like","value":"x"}]})",
          R"({"a":[{"value":"x"}]})"})
        EXPECT_EQ(query(filter).error().errors.front().code, "INVALID_FILTER") << filter;
    EXPECT_TRUE(query("{}").value().keeps({}));
    for (const std::string_view remembered : {"x", "[]", "[1,2]", "{}"})
        EXPECT_EQ(Query::from(remembered).error().errors.front().code, "INVALID_CURSOR");
}

TEST(Query, RemembersItself) {
    const auto one = query(R"({"a":[{"operator":"equals","value":"x"}]})", "a, b").value();
    const auto other = Query::from(one.text()).value();
    EXPECT_EQ(other.text(), one.text());
    EXPECT_EQ(other.fields(), (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(other.filters());
    EXPECT_EQ(Query().text(), "");
    EXPECT_FALSE(Query::from("").value().filters());
}

// However many names an "in" has: the length of the filter is its bound.
TEST(Query, NamesAfterTheHundredth) {
    std::string names;
    for (int i = 0; i < 200; ++i)
        names += std::to_string(i) + ", ";
    for (const auto& [name, listed] : {std::pair{"0", true}, std::pair{"100", true},
                                       std::pair{"199", true}, std::pair{"200", false}}) {
        const auto object = json::serialize(json::object{{"a", name}});
        EXPECT_EQ(keeps("a", "in", names, object), listed) << name;
        EXPECT_EQ(keeps("a", "not in", names, object), !listed) << name;
    }
}

TEST(Query, NamesOfAListAreOneEach) {
    EXPECT_EQ(edlink::names_in(" person,class,person,,person"),
              (std::vector<std::string>{"person", "class"}));
    std::string many;
    for (int i = 0; i < 200; ++i)
        many += "n" + std::to_string(i) + ",";
    EXPECT_EQ(edlink::names_in(many).size(), 100U);
}

TEST(Query, LeavesTheWantedFields) {
    auto object = json::parse(R"({"a":1,"b":2,"c":3})").as_object();
    std::vector<std::string> met;
    query("", "c,a,d").value().trim(object, met);
    EXPECT_EQ(object, json::parse(R"({"a":1,"c":3})").as_object());
    EXPECT_EQ(met, (std::vector<std::string>{"c", "a"}));
    Query().trim(object, met);
    EXPECT_EQ(object.size(), 2U);
}

}  // namespace
}  // namespace handin::test
