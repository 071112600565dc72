#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "api/edlink/body_reading.hpp"

namespace handin::edlink {
namespace {

// ---- the three forms of `data`

struct DataCase {
    std::string source;
    std::string data;
    std::string bytes;
};

TEST(EdlinkBody, TakesEveryFormOfData) {
    using namespace std::string_literals;
    const std::vector<DataCase> cases{
        {"edlink.md 5, request", "[97,98,99]", "abc"},
        {"edlink.md 5, number array", "[104,105]", "hi"},
        {"edlink.md 5, Uint8Array", R"({"0":104,"1":105})", "hi"},
        {"edlink.md 5, Buffer", R"({"type":"Buffer","data":[104,105]})", "hi"},
        {"RFC 8259 4, keys in any order", R"({"data":[104,105],"type":"Buffer"})", "hi"},
        {"RFC 8259 4, escaped key", R"({"typ\u0065":"Buffer","d\u0061ta":[104,105]})", "hi"},
        {"edlink.md 3.3, all values at the ends", "[0,9,10,99,100,255]", "\0\t\n\x63\x64\xff"s},
        {"zero bytes", "[]", ""},
        {"zero bytes", "[ \t\r\n ]", ""},
        {"zero bytes, JSON.stringify(new Uint8Array(0))", "{}", ""},
        {"zero bytes", "{ \n }", ""},
        {"zero bytes, Buffer", R"({"type":"Buffer","data":[]})", ""},
        {"one byte", "[7]", "\x07"},
        {"one byte", R"({"0":7})", "\x07"},
        {"RFC 8259 2, whitespace", "[ 1 ,\n2\t,\r\n3 ]", "\x01\x02\x03"},
        {"json.dumps of Python", "[1, 22, 255, 4, 5, 6, 7]", "\x01\x16\xff\x04\x05\x06\x07"},
        {"RFC 8259 2, whitespace", "{ \"0\" : 1 ,\n\"1\"\t: 2 }", "\x01\x02"},
        {"RFC 8259 2, whitespace", "{ \"type\" : \"Buffer\" , \"data\" : [ 1 , 2 ] }", "\x01\x02"},
    };
    for (const DataCase& c : cases) {
        SCOPED_TRACE(c.source + ": " + c.data);
        const Reading reading = read_every_way(with_data(c.data));
        ASSERT_EQ(reading.problem, std::nullopt);
        ASSERT_EQ(reading.fields.size(), 1U);
        EXPECT_TRUE(reading.fields[0].has_data);
        EXPECT_EQ(reading.data, c.bytes.empty() ? decltype(reading.data)()
                                                : decltype(reading.data)({{0, c.bytes}}));
    }
}

TEST(EdlinkBody, TakesAnySpacingOfLongLists) {
    for (const std::string comma : {",", ", ", ",  ", " ,", " , ", ",\n", ",\t", "\r\n, "}) {
        SCOPED_TRACE(comma);
        std::string array, object, bytes;
        for (int i = 0; i < 256; ++i) {
            array += (i == 0 ? "" : comma) + std::to_string(i);
            object +=
                (i == 0 ? "\"" : comma + "\"") + std::to_string(i) + "\":" + std::to_string(i);
            bytes += static_cast<char>(i);
        }
        for (const std::string& data : {"[" + array + "]", "{" + object + "}"}) {
            const Reading reading = read_every_way(with_data(data));
            EXPECT_EQ(reading.problem, std::nullopt);
            EXPECT_TRUE(reading.data == decltype(reading.data)({{0, bytes}}));
        }
    }
}

TEST(EdlinkBody, CountsKeysAcrossPowersOfTen) {
    std::string object = "{", array = "[", bytes;
    for (int i = 0; i < 11'000; ++i) {
        const std::string number = std::to_string(i * 7 % 256);
        object += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + number;
        array += (i == 0 ? "" : ",") + number;
        bytes += static_cast<char>(i * 7 % 256);
    }
    for (const std::string& data : {object + "}", array + "]"}) {
        const Reading reading = read_every_way(with_data(data));
        EXPECT_EQ(reading.problem, std::nullopt);
        EXPECT_TRUE(reading.data == decltype(reading.data)({{0, bytes}}));
    }
}

// ---- fields

TEST(EdlinkBody, KeepsFieldsInAnyOrder) {
    const Reading reading = read_every_way(
        R"( {"attachments":[
              {"data":[1,2],"size":3,"title":"é \ud83d\ude00 \"x\"\\\/\b\f\n\r\t","type":"file","description":""},
              {"type":"link","url":"https://a.example/?q=[{","title":"t"},
              {"text":"a\u0000b","type":"text","title":null,"size":null,"description":null},
              {"type":"lti","url":"u","parameters":{"a":[{"data":[1]}],"attachments":[1]}},
              {"text":"", "type":null, "url":null},
              {}
            ]} )");
    ASSERT_EQ(reading.problem, std::nullopt);
    ASSERT_EQ(reading.fields.size(), 6U);
    EXPECT_EQ(reading.fields[0], (AttachmentFields{.type = "file",
                                                   .title = "é 😀 \"x\"\\/\b\f\n\r\t",
                                                   .description = "",
                                                   .size = 3,
                                                   .has_data = true,
                                                   .data_bytes = 2}));
    EXPECT_EQ(reading.fields[1],
              (AttachmentFields{.type = "link", .title = "t", .url = "https://a.example/?q=[{"}));
    EXPECT_EQ(reading.fields[2],
              (AttachmentFields{.type = "text", .has_text = true, .text_bytes = 3}));
    EXPECT_EQ(reading.text.at(2), std::string("a\0b", 3));
    EXPECT_EQ(reading.fields[3], (AttachmentFields{.type = "lti", .url = "u"}));
    EXPECT_EQ(reading.fields[4], (AttachmentFields{.has_text = true}));
    EXPECT_EQ(reading.fields[5], AttachmentFields{});
    EXPECT_TRUE(reading.unexpected.empty());
}

TEST(EdlinkBody, TellsMissingFromEmpty) {
    EXPECT_FALSE(read_every_way("{}").has_attachments);
    EXPECT_EQ(read_every_way("{}").problem, std::nullopt);
    EXPECT_TRUE(read_every_way(R"({"attachments":[]})").has_attachments);
    EXPECT_TRUE(read_every_way(R"({"\u0061ttachments":[]})").has_attachments);
}

TEST(EdlinkBody, ReportsUnexpectedFields) {
    // edlink.md 2.5 FOUND_UNEXPECTED_FIELD; the reply-only ones are those of 3.3.
    const Reading reading = read_every_way(
        R"({"note":{"data":[1,300],"x":[[],{}]},"data":7,"attachments":[
             {"colour":"red","type":"file","data":[1],"id":null,"identifiers":[],"rule_ids":[[{}]],
              "references":{"data":{"0":1}},"share_mode":"view","created_date":"","updated_date":1.5e300}],
             "rule_ids":[]})");
    ASSERT_EQ(reading.problem, std::nullopt);
    EXPECT_EQ(reading.unexpected,
              (std::vector<std::string>{"note", "data", "attachments[0].colour",
                                        "attachments[0].id", "attachments[0].identifiers",
                                        "attachments[0].rule_ids", "attachments[0].references",
                                        "attachments[0].share_mode", "attachments[0].created_date",
                                        "attachments[0].updated_date", "rule_ids"}));
    EXPECT_EQ(reading.data, (decltype(reading.data){{0, "\x01"}}));

    std::string many = "{";
    for (int i = 0; i < 30; ++i)
        many += "\"k" + std::to_string(i) + "\":0,";
    EXPECT_EQ(read_every_way(many + R"("attachments":[]})").unexpected.size(), 20U);

    const std::string long_key = std::string(63, 'k') + "é" + std::string(10'000, 'k');
    EXPECT_EQ(read_every_way("{\"" + long_key + "\":1}").unexpected,
              std::vector{std::string(63, 'k') + "..."});
}

TEST(EdlinkBody, TakesLongTextsWithEscapesAcrossChunks) {
    // Boost 1.81's own buffer is 4 KiB: boostorg/json issue 876.
    std::string json, text;
    while (text.size() < 60'000) {
        json += R"(\u20ac\ud83d\ude00\n€😀x)";
        text += "€😀\n€😀x";
    }
    json = attachments("{\"text\":\"" + json + "\"}");
    for (std::size_t size :
         {1UL, 4031UL, 4032UL, 4033UL, 4095UL, 4096UL, 4097UL, 65536UL, json.size()}) {
        for (std::size_t first = 0; first < 28; ++first) {
            auto chunks = cut(std::string_view(json).substr(first), size);
            chunks.insert(chunks.begin(), std::string_view(json).substr(0, first));
            const Reading reading = read(chunks);
            ASSERT_EQ(reading.problem, std::nullopt);
            ASSERT_TRUE(reading.text.at(0) == text) << size << " after " << first;
            if (size == 1) break;
        }
    }
}

TEST(EdlinkBody, ResumesInsideACharacterBeforeALongRun) {
    // What overruns the stack in Boost 1.81 alone: boostorg/json issue 876.
    const std::string run(10'000, 'x');
    for (const std::string letter : {R"(\u20ac)", R"(\ud83d\ude00)", "€", "😀", R"(\n€)"}) {
        const std::string json = attachments(R"({"text":")" + letter + run + "\"}");
        const std::size_t start = json.find(letter);
        const Reading whole = read({json});
        ASSERT_EQ(whole.problem, std::nullopt);
        EXPECT_EQ(whole.text.at(0).size(), whole.fields[0].text_bytes);
        for (std::size_t at = start; at <= start + letter.size(); ++at) {
            const std::string_view all = json;
            EXPECT_TRUE(read({all.substr(0, at), all.substr(at)}) == whole) << letter << " " << at;
        }
    }
}

// ---- the misuse of SEED's sample call

TEST(EdlinkBody, RecognisesAWrappedAxiosCall) {
    for (
        const std::string body :
        {R"({"headers":{"authorization":"Bearer x"},"data":{"attachments":[{"type":"file","title":"a","data":[1,2]}]}})",
         R"({"data":{"attachments":[{"text":"abc","data":{"0":1}}]},"headers":{}})",
         R"({"data":{"x":[{"attachments":1}],"attachments":[]}})"}) {
        const Reading reading = read_every_way(body);
        ASSERT_TRUE(reading.problem);
        EXPECT_EQ(reading.problem->kind, Problem::Kind::wrapped_axios_call);  // edlink.md 5
        SubmitBodyParser parser;
        for (char c : body)
            EXPECT_TRUE(parser.feed({&c, 1}).empty());
        EXPECT_TRUE(parser.attachments().empty());
    }
    for (const std::string body :
         {R"({"headers":{},"data":{"attachments":[]},"attachments":[]})",
          R"({"headers":{},"data":{"x":{"attachments":[]}}})", R"({"data":[{"attachments":[]}]})",
          R"({"data":"attachments"})", R"({"other":{"attachments":[]}})"}) {
        EXPECT_EQ(read_every_way(body).problem, std::nullopt) << body;
    }
}

}  // namespace
}  // namespace handin::edlink
