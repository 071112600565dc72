#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "api/edlink/body_reading.hpp"

namespace handin::edlink {
namespace {

// ---- at random

class Writer {
 public:
    explicit Writer(std::uint32_t seed) : random_(seed) {}

    std::size_t below(std::size_t n) { return random_() % n; }
    bool flip() { return below(2) == 0; }
    std::string space() {
        std::string out;
        while (spaces_ && below(3) == 0)
            out += " \n\r\t"[below(4)];
        return out;
    }
    std::string list(std::vector<std::string> items, char open, char close) {
        std::string out = open + space();
        for (std::size_t i = 0; i < items.size(); ++i) {
            out += (i == 0 ? "" : "," + space()) + items[i] + space();
        }
        return out + close;
    }
    std::string pair(std::string_view key, const std::string& value) {
        return "\"" + std::string(key) + "\"" + space() + ":" + space() + value;
    }
    std::string bytes() {
        std::string out(below(2) == 0 ? below(8) : below(600), '\0');
        const std::size_t top = flip() ? 256 : 12;
        for (char& c : out)
            c = static_cast<char>(below(top));
        return out;
    }
    std::string data(const std::string& bytes) {
        const std::size_t form = below(3);
        std::vector<std::string> items;
        for (char c : bytes) {
            const std::string value = std::to_string(static_cast<unsigned char>(c));
            items.push_back(form == 1 ? pair(std::to_string(items.size()), value) : value);
        }
        if (form == 0) return list(items, '[', ']');
        if (form == 1) return list(items, '{', '}');
        std::vector<std::string> parts{pair("type", "\"Buffer\""),
                                       pair("data", list(items, '[', ']'))};
        if (flip()) std::swap(parts[0], parts[1]);
        return list(parts, '{', '}');
    }
    // Returns the JSON, sets what it stands for.
    std::string string(std::string& value) {
        static const std::vector<std::pair<std::string, std::string>> letters{
            {"a", "a"},
            {"€", "€"},
            {"\\u20ac", "€"},
            {"\\ud83d\\uDE00", "😀"},
            {"😀", "😀"},
            {"\\n", "\n"},
            {"\\\"", "\""},
            {"\\\\", "\\"},
            {"[", "["},
            {"}", "}"},
            {"\\u0000", std::string(1, '\0')},
            {"ü", "ü"},
            {",", ","},
            {"\\/", "/"}};
        std::string json = "\"";
        for (std::size_t n = below(30); n > 0; --n) {
            const auto& [written, meant] = letters[below(letters.size())];
            json += written;
            value += meant;
        }
        return json + "\"";
    }
    void spaces(bool on) { spaces_ = on; }
    std::mt19937& random() { return random_; }

 private:
    std::mt19937 random_;
    bool spaces_ = false;
};

TEST(EdlinkBody, ReadsBackWhatWasWritten) {
    for (std::uint32_t seed = 1; seed <= 2000; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Writer w(seed);
        w.spaces(w.flip());
        Reading meant{.has_attachments = true};
        std::vector<std::string> items;
        for (std::size_t i = 0, n = w.below(6); i < n; ++i) {
            AttachmentFields f;
            std::vector<std::string> members;
            const auto maybe = [&](std::string_view key, std::optional<std::string>& field) {
                if (w.flip()) members.push_back(w.pair(key, w.string(field.emplace())));
            };
            maybe("type", f.type);
            maybe("title", f.title);
            maybe("description", f.description);
            maybe("url", f.url);
            if (w.flip()) {
                f.size = static_cast<std::int64_t>(w.below(1'000'000)) - 1000;
                members.push_back(w.pair("size", std::to_string(*f.size)));
            }
            if (w.flip()) {
                const std::string bytes = w.bytes();
                f.has_data = true;
                f.data_bytes = bytes.size();
                if (!bytes.empty()) meant.data[i] = bytes;
                members.push_back(w.pair("data", w.data(bytes)));
            }
            if (w.flip()) {
                std::string text;
                members.push_back(w.pair("text", w.string(text)));
                f.has_text = true;
                f.text_bytes = text.size();
                if (!text.empty()) meant.text[i] = text;
            }
            std::ranges::shuffle(members, w.random());
            items.push_back(w.list(members, '{', '}'));
            meant.fields.push_back(f);
        }
        const std::string body =
            w.space() + w.list({w.pair("attachments", w.list(items, '[', ']'))}, '{', '}') +
            w.space();
        for (std::size_t size :
             {std::size_t{1}, 1 + w.below(100), 1 + w.below(2000), body.size()}) {
            const Reading reading = read(cut(body, size));
            EXPECT_EQ(reading.problem, std::nullopt) << body;
            ASSERT_TRUE(reading == meant) << "in chunks of " << size << ": " << body;
        }
    }
}

// ---- memory

std::size_t heap() {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

// The heap of a parser that is fed `body` (made piece by piece) in chunks of 64 KiB.
template <typename Next>
void heap_while_feeding(Next next, std::size_t total) {
    constexpr std::size_t chunk_size = 64 * 1024;
    std::string chunk;
    chunk.reserve(2 * chunk_size);
    const std::size_t before = heap();
    std::size_t most = 0;
    {
        SubmitBodyParser parser;
        for (std::size_t fed = 0; fed < total; fed += chunk.size()) {
            chunk.clear();
            while (chunk.size() < chunk_size - 100)
                next(chunk, fed + chunk.size());
            parser.feed(chunk);
            most = std::max(most, heap() - before);
            EXPECT_EQ(parser.problem(), std::nullopt);
        }
    }
    EXPECT_LT(most, 256U * 1024);  // submit_body.hpp
}

TEST(EdlinkBody, KeepsItsHeapSmall) {
    const std::size_t start = heap();
    const auto probe = std::make_unique<std::string>(1 << 20, 'x');
    if (heap() < start + (1 << 20)) GTEST_SKIP() << "no mallinfo2 here (a sanitizer's malloc)";
    constexpr std::size_t all = 32 << 20;
    heap_while_feeding(
        [](std::string& to, std::size_t at) {
            to += at == 0 ? R"({"attachments":[{"data":[)" : "";
            to += "123,4,";
        },
        all);
    heap_while_feeding(
        [key = 0](std::string& to, std::size_t at) mutable {
            to += at == 0 ? R"({"attachments":[{"data":{)" : ",";
            to += "\"" + std::to_string(key++) + "\":255";
        },
        all);
    heap_while_feeding(  // an endless unknown key, with an endless unknown value
        [in_key = true](std::string& to, std::size_t at) mutable {
            if (at == 0) to += "{\"";
            if (at > all / 2 && in_key) to += "\":\"";
            in_key = at <= all / 2;
            to += std::string(50, 'k');
        },
        all);
    heap_while_feeding(  // skipped values and keys, some 100 bytes each
        [](std::string& to, std::size_t at) {
            to += at == 0 ? "{\"x\":[0" : "";
            to += R"(,{"a":[[],1,"b"],")" + std::string(70, 'k') + "\":{}}";
        },
        all);
    heap_while_feeding(  // everything at its limit
        [n = 0](std::string& to, std::size_t at) mutable {
            if (at == 0) to += R"({"attachments":[{)";
            const std::string field = "\":\"" + std::string(238, 'f') + "\",\"";
            if (n < 100) {
                to += (n == 0 ? "\"type" : ",{\"type") + field + "title" + field + "url" + field +
                      "description" + field + std::string(90, 'k') + R"(":0,"text":"t","data":[1])";
                to += n < 99 ? "}" : ",\"size\":null";
            } else {
                to += ",\"" + std::string(90, 'k') + "\":0";
            }
            ++n;
        },
        all);
}

}  // namespace
}  // namespace handin::edlink
