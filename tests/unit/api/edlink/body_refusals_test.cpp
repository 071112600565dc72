#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "api/edlink/body_reading.hpp"

namespace handin::edlink {
namespace {

using Kind = Problem::Kind;

struct BadCase {
    std::string source;
    std::string json;
    std::string field;
    std::string message;
    Kind kind = Kind::invalid_body;
};

void expect_bad(const std::vector<BadCase>& cases, SubmitBodyOptions options = {}) {
    for (const BadCase& c : cases) {
        SCOPED_TRACE(c.source + ": " + c.json.substr(0, 200));
        const Reading reading = read_every_way(c.json, options);
        EXPECT_EQ(reading.problem, (Problem{c.kind, c.field, c.message}));
    }
}

TEST(EdlinkBody, RefusesBadByteValues) {
    const std::string integer = "expected an integer from 0 to 255";
    const std::string keys = R"(expected the keys "0", "1", "2", ... in this order)";
    struct Bad {
        std::string data, index, message;
    };
    const std::vector<Bad> cases{
        {"[256]", "[0]", integer},
        {"[1,2,999]", "[2]", integer},
        {"[1,-1]", "[1]", integer},
        {"[1.5]", "[0]", integer},
        {"[1e2]", "[0]", integer},
        {"[1,\"a\"]", "[1]", integer},
        {"[1,[2]]", "[1]", integer},
        {"[[1]]", "[0]", integer},
        {"[{}]", "[0]", integer},
        {"[01]", "[0]", integer},
        {"[00]", "[0]", integer},
        {"[1,000]", "[1]", integer},
        {"[1,0255]", "[1]", integer},
        {"[1,1000]", "[1]", integer},
        {"[null]", "[0]", integer},
        {"[true]", "[0]", integer},
        {"[+1]", "[0]", integer},
        {"[1,]", "[1]", integer},
        {"[,1]", "[0]", integer},
        {"[1,,2]", "[1]", integer},
        {"[1 2]", "[1]", "expected ',' or ']'"},
        {"[1 2,3,4,5,6,7,8,9]", "[1]", "expected ',' or ']'"},
        {"[0 5]", "[1]", "expected ',' or ']'"},
        {"[0, 0 5]", "[2]", "expected ',' or ']'"},
        {"[1}", "[0]", integer},
        {"[1,2 }", "[2]", "expected ',' or ']'"},
        {"[1,\xc2\xa0"
         "2]",
         "[1]", integer},
        {R"({"0":256})", "[0]", integer},
        {R"({"0":1,"1":-1})", "[1]", integer},
        {R"({"0":1,"1":01})", "[1]", integer},
        {R"({"0":"a"})", "[0]", integer},
        {R"({"0":[1]})", "[0]", integer},
        {R"({"0":1,"1"})", "[1]", "expected ':'"},
        {R"({"0":1])", "[0]", integer},
        {R"({"0":1 "1":2})", "[1]", "expected ',' or '}'"},
        {R"({"0":1,})", "[1]", keys},
        {R"({"1":1})", "[0]", keys},
        {R"({"00":1})", "[0]", keys},
        {R"({"0":1,"2":1})", "[1]", keys},
        {R"({"0":1,"0":1})", "[1]", keys},
        {R"({"0":1,"1x":1})", "[1]", keys},
        {R"({"0":1,"type":"Buffer"})", "[1]", keys},
        {R"({"0":1,"\u0031":1})", "[1]", keys},
        {R"({"type":"Buffer","data":[1,256]})", ".data[1]", integer},
    };
    // Among good ones too, where the fast loops are at work.
    std::string array, spaced, object;
    for (int i = 0; i < 100; ++i) {
        array += "123,";
        spaced += "123, ";
        object += "\"" + std::to_string(i) + "\":123,";
    }
    for (const auto& [data, index, message] : cases) {
        const std::string source = "edlink.md 5, bad byte values: ";
        expect_bad({{source, with_data(data), "attachments[0].data" + index, message}});
        if (!data.starts_with('[')) continue;
        const std::size_t at = std::stoul(index.substr(1)) + 100;
        for (const std::string& good : {array, spaced}) {
            std::string list = "[" + good + data.substr(1);
            if (list.ends_with(']')) list.replace(list.size() - 1, 1, "," + good + "1]");
            expect_bad({{source, with_data(list), "attachments[0].data[" + std::to_string(at) + "]",
                         message}});
        }
    }
    const std::string later = R"(,"101":1,"102":1,"103":1})";
    const std::vector<Bad> pairs{
        {R"("100":256)", "[100]", integer},     {R"("100":0 5)", "[101]", "expected ',' or '}'"},
        {R"("100":05)", "[100]", integer},      {R"("100":1000)", "[100]", integer},
        {R"("101":1)", "[100]", keys},          {R"("0100":1)", "[100]", keys},
        {R"("100 ":1)", "[100]", keys},         {R"('100':1)", "[100]", keys},
        {R"("100';1)", "[100]", keys},          {R"("100";1)", "[100]", "expected ':'"},
        {R"("100"1)", "[100]", "expected ':'"},
    };
    for (const auto& [pair, index, message] : pairs) {
        expect_bad({{"edlink.md 5, pairs: ", with_data("{" + object + pair + later),
                     "attachments[0].data" + index, message}});
    }
}

TEST(EdlinkBody, RefusesOtherValuesOfData) {
    const std::string array = "expected an array of integers from 0 to 255 at byte 50";
    const std::string buffer =
        R"(an object must be {"0":...,"1":...} or {"type":"Buffer","data":[...]} at byte )";
    const std::string data = "attachments[0].data";
    expect_bad({
        {"edlink.md 5, data null", with_data("null"), data, array},
        {"edlink.md 5, data a string", with_data(R"("aGk=")"), data, array},
        {"edlink.md 5, data a number", with_data("1"), data, array},
        {"edlink.md 5, data a number", with_data("12.5e3"), data, array},
        {"edlink.md 5, data a literal", with_data("true"), data, array},
        {"edlink.md 5, not a Buffer", with_data(R"({"type":"Blob","data":[1]})"), data,
         buffer + "58"},
        {"edlink.md 5, not a Buffer", with_data(R"({"a":1})"), data, buffer + "51"},
        {"edlink.md 5, a Buffer and more", with_data(R"({"type":"Buffer","data":[1],"a":1})"), data,
         buffer + "78"},
        {"edlink.md 5, half a Buffer", with_data(R"({"type":"Buffer"})"), data, buffer + "66"},
        {"edlink.md 5, half a Buffer", with_data(R"({"data":[1]})"), data, buffer + "61"},
        {"edlink.md 5, key escaped", with_data(R"({"\u0030":1})"), data, buffer + "51"},
        {"edlink.md 5, pairs in a Buffer", with_data(R"({"type":"Buffer","data":{"0":1}})"),
         data + ".data", "expected an array of integers from 0 to 255 at byte 74"},
        {"edlink.md 5, Buffer twice", with_data(R"({"data":[1],"data":[1],"type":"Buffer"})"),
         data + ".data", "given more than once at byte 62"},
    });
}

TEST(EdlinkBody, RefusesWrongShapes) {
    const std::string file = "attachments[0].";
    const std::string object = "expected an object with the key attachments at byte ";
    expect_bad({
        {"edlink.md 5, not an object", "[]", "", object + "0"},
        {"edlink.md 5, not an object", " [{}]", "", object + "1"},
        {"edlink.md 5, not an object", "7", "", object + "0"},
        {"edlink.md 5, not an object", " null ", "", object + "1"},
        {"edlink.md 5, not an object", " \"attachments\"", "", object + "1"},
        {"edlink.md 5, not an array", R"({"attachments":{}})", "attachments",
         "expected an array at byte 15"},
        {"edlink.md 5, not an array", R"({"attachments":null})", "attachments",
         "expected an array at byte 15"},
        {"edlink.md 5, not an array", R"({"attachments":"x"})", "attachments",
         "expected an array at byte 15"},
        {"edlink.md 5, not an array", R"({"attachments":12345})", "attachments",
         "expected an array at byte 15"},
        {"edlink.md 5, element", attachments("1"), "attachments[0]",
         "expected an object at byte 16"},
        {"edlink.md 5, element", attachments("{},\"a\""), "attachments[1]",
         "expected an object at byte 19"},
        {"edlink.md 5, element", attachments("{}, []"), "attachments[1]",
         "expected an object at byte 20"},
        {"edlink.md 5, element", attachments("null"), "attachments[0]",
         "expected an object at byte 16"},
        {"edlink.md 3.3, type", attachments(R"({"type":1})"), file + "type",
         "expected a string at byte 24"},
        {"edlink.md 3.3, title", attachments(R"({"title":["a"]})"), file + "title",
         "expected a string at byte 25"},
        {"edlink.md 3.3, url", attachments(R"({"url":{}})"), file + "url",
         "expected a string at byte 23"},
        {"edlink.md 3.3, text", attachments(R"({"text":false})"), file + "text",
         "expected a string at byte 24"},
        {"edlink.md 3.3, description", attachments(R"({"description":-0.5})"), file + "description",
         "expected a string at byte 31"},
        {"edlink.md 3.3, size", attachments(R"({"size":"3"})"), file + "size",
         "expected an integer at byte 24"},
        {"edlink.md 3.3, size", attachments(R"({"size":3.5})"), file + "size",
         "expected an integer at byte 24"},
        {"edlink.md 3.3, size", attachments(R"({"size":18446744073709551615})"), file + "size",
         "expected an integer at byte 24"},
        {"brief, repeated key", R"({"attachments":[],"attachments":[]})", "attachments",
         "given more than once at byte 18"},
        {"brief, repeated key", attachments(R"({"title":null,"title":"a"})"), file + "title",
         "given more than once at byte 30"},
        {"brief, repeated key", attachments(R"({"data":[1],"data":[1]})"), file + "data",
         "given more than once at byte 28"},
    });
    EXPECT_EQ(read_every_way(attachments(R"({"x":1,"x":2},{"title":"a"},{"title":"b"})")).problem,
              std::nullopt);
}

TEST(EdlinkBody, RefusesWhatIsNotJson) {
    const std::string json = "not valid JSON at byte ";
    const std::string string = "not valid JSON in the string at byte ";
    const std::string utf8 = "not UTF-8 in the string at byte ";
    const std::string early = "the body ends too early, at byte ";
    const auto bad = [](std::string body, std::string message) {
        return BadCase{"RFC 8259", std::move(body), "", std::move(message)};
    };
    const std::string title = R"({"attachments":[{"title":")";  // 26 bytes, the string at 25
    expect_bad({
        bad("", "the body is empty"),
        bad("  ", early + "2"),
        bad("{", early + "1"),
        bad(R"({"attachments":[)", early + "16"),
        bad(R"({"attachments":[{"data":[)", early + "25"),
        bad(R"({"attachments":[{"data":[1)", early + "26"),
        bad(R"({"attachments":[{"data":{)", early + "25"),
        bad(R"({"attachments":[{"data":{")", early + "26"),
        bad(R"({"attachments":[{"data":{"0)", early + "27"),
        bad(R"({"attachments":[{"data":[1])", early + "27"),
        bad(R"({"attachments":[{"ti)", early + "20"),
        bad(title + "\\", early + "27"),
        bad(title + "\xe2\x82", early + "28"),
        bad(R"({"attachments":[]}x)", json + "18"),
        bad(R"({"attachments":[]} {})", json + "19"),
        bad(R"({"attachments":[]},)", json + "18"),
        bad("{}\x01", json + "2"),
        bad("{}\xff", json + "2"),
        bad(R"({"attachments":[],})", json + "18"),
        bad(R"({"attachments":[{},]})", json + "19"),
        bad(R"({"attachments":[{"title":"a",}]})", json + "29"),
        bad("{'attachments':[]}", json + "1"),
        bad(R"({"attachments" []})", json + "15"),
        bad(R"({"attachments":[}])", json + "16"),
        bad(R"({"attachments":[}])", json + "16"),
        bad(R"({"attachments":[{"data":[1]]}])", json + "27"),
        bad(R"({"attachments":[{"data":{"0":1}]}])", json + "31"),
        bad("{\"a\":tru}", json + "5"),
        bad("{\"a\":nulL  }", json + "5"),
        bad("{\"a\":falsx}", json + "5"),
        bad("{\"a\":01}", json + "5"),
        bad("{\"a\":-}", json + "5"),
        bad("{\"a\":1.}", json + "5"),
        bad("{\"a\":1e}", json + "5"),
        bad("{\"a\":NaN}", json + "5"),
        bad("{\"a\":1/*c*/}", json + "5"),
        bad("\xef\xbb\xbf{}", json + "0"),
        bad(title + "\n\"}]}", string + "25"),
        bad(title + "\\x\"}]}", string + "25"),
        bad(title + "\\u12\"}]}    ", string + "25"),
        bad(title + "\\u\"12x\"}]}    ", string + "25"),
        bad(title + "\\ud800\"}]}      ", string + "25"),
        bad(title + "\\ud800\\n\"}]}      ", string + "25"),
        bad(title + "\\ud800\\u0041\"}]}      ", string + "25"),
        bad(title + "\\udc00\"}]}      ", string + "25"),
        bad(title + "\x80\"}]}", string + "25"),
        bad(title + "\xc0\x80\"}]}", string + "25"),
        bad(title + "\xed\xa0\x80\"}]}", string + "25"),
        bad(title + "\xf4\x90\x80\x80\"}]}", string + "25"),
        bad(title + "\xff\"}]}", string + "25"),
        bad(title + "\xe2\x82\"}]}", utf8 + "25"),
        bad(title + "\xe2\"[{]}", utf8 + "25"),
        bad(title + "\\n\xf0\x9f\x98\"}]}", utf8 + "25"),
        bad("{\"\xc3\":1}", utf8 + "1"),
    });
}

// ---- limits

TEST(EdlinkBody, HasLimits) {
    const std::string kib8(8 * 1024, 'a');
    const std::string field = "attachments[0].";
    for (const std::string key : {"type", "title", "description", "url"}) {
        const auto with = [&](const std::string& value) {
            return attachments("{\"" + key + "\":\"" + value + "\"}");
        };
        EXPECT_EQ(read_every_way(with(kib8)).problem, std::nullopt);
        expect_bad({{"brief, 8 KiB", with(kib8 + "a"), field + key, "may have at most 8192 bytes",
                     Kind::too_long},
                    {"brief, 8 KiB", with("\\u20ac" + kib8.substr(2)), field + key,
                     "may have at most 8192 bytes", Kind::too_long}});
    }
    std::string twelve, list = "{}";
    for (int i = 0; i < 12; ++i)
        twelve += "{\"title\":\"" + kib8 + "\"},";
    EXPECT_EQ(read_every_way(attachments(twelve + "{}")).problem, std::nullopt);
    expect_bad({{"96 KiB of fields", attachments(twelve + R"({"url":"b"})"), "attachments[12].url",
                 "all types, titles, descriptions and urls together may have at most 98304 bytes",
                 Kind::too_long}});
    for (int i = 1; i < 100; ++i)
        list += ",{}";
    EXPECT_EQ(read_every_way(attachments(list)).fields.size(), 100U);
    expect_bad({{"brief, 100", attachments(list + ",{}"), "attachments",
                 "at most 100 are taken at byte 316", Kind::too_long}});
    expect_bad({{"option", attachments("{},{},{}"), "attachments", "at most 2 are taken at byte 22",
                 Kind::too_long}},
               {.max_attachments = 2});

    const SubmitBodyOptions ten{.max_text_bytes = 10};
    EXPECT_EQ(read_every_way(attachments(R"({"text":"12345\n7890"})"), ten).problem, std::nullopt);
    expect_bad({{"option", attachments(R"({"text":"12345\n7890\u0000"})"), "attachments[0].text",
                 "may have at most 10 bytes", Kind::too_long}},
               ten);

    const auto nested = [](std::size_t n) {
        return "{\"x\":" + std::string(n, '[') + std::string(n, ']') + "}";
    };
    EXPECT_EQ(read_every_way(nested(15)).problem, std::nullopt);
    expect_bad({{"brief, depth", nested(16), "", "brackets nested deeper than 16 at byte 20"}});
}

}  // namespace
}  // namespace handin::edlink
