// How fast a submit body with its file as a list of numbers is decoded (DESIGN.md 11: >= 300 MB/s
// of text a core). Prints one JSON line per case; times are CPU time of the thread.
//   clang++-19 -std=c++23 -O2 -Isrc bench/json_bytes.cpp src/api/edlink/body/*.cpp -lboost_json
//   json_bytes [megabytes of text, default 30] [repeats, default 7]
// `memchr` is a bare pass over the same text (what reading it costs at all), `sax` is what
// boost::json::basic_parser does with it when its handler only stores the bytes.

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "api/edlink/body/submit_body.hpp"

namespace {

constexpr std::size_t chunk_size = 64 * 1024;

struct Text {
    std::string_view name;
    std::string json;
    std::size_t bytes = 0;
};

std::string_view head = R"({"attachments":[{"type":"file","title":"a.bin","data":)";

Text build(std::string_view name, std::string_view open, std::string_view close, bool keys,
           std::string_view comma, std::size_t size) {
    std::mt19937 random(20241107);
    Text text{name, std::string(head) + std::string(open)};
    text.json.reserve(size + 64);
    while (text.json.size() < size) {
        if (text.bytes > 0) text.json += comma;
        if (keys) text.json += '"' + std::to_string(text.bytes) + "\":";
        text.json += std::to_string(random() & 255U);
        ++text.bytes;
    }
    text.json += close;
    text.json += "}]}";
    return text;
}

std::size_t decode(const Text& text) {
    handin::edlink::SubmitBodyParser parser;
    std::size_t bytes = 0;
    for (std::size_t at = 0; at < text.json.size(); at += chunk_size) {
        for (const auto& piece : parser.feed(std::string_view(text.json).substr(at, chunk_size))) {
            bytes += piece.bytes.size();
        }
    }
    parser.finish();
    return parser.problem() ? 0 : bytes;
}

std::size_t count_commas(const Text& text) {
    std::size_t commas = 0;
    for (std::size_t at = 0; at < text.json.size(); at += chunk_size) {
        const auto chunk = std::string_view(text.json).substr(at, chunk_size);
        commas += static_cast<std::size_t>(std::ranges::count(chunk, ','));
        if (std::memchr(chunk.data(), '~', chunk.size()) != nullptr) std::abort();
    }
    return commas;
}

struct SaxHandler {
    using error_code = boost::json::error_code;
    using string_view = boost::json::string_view;
    static constexpr std::size_t max_object_size = SIZE_MAX, max_array_size = SIZE_MAX,
                                 max_key_size = SIZE_MAX, max_string_size = SIZE_MAX;
    std::vector<char> out = std::vector<char>(chunk_size);
    std::size_t used = 0, bytes = 0;

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return true; }
    bool on_object_end(std::size_t, error_code&) { return true; }
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t, error_code&) { return true; }
    bool on_key_part(string_view, std::size_t, error_code&) { return true; }
    bool on_key(string_view, std::size_t, error_code&) { return true; }
    bool on_string_part(string_view, std::size_t, error_code&) { return true; }
    bool on_string(string_view, std::size_t, error_code&) { return true; }
    bool on_number_part(string_view, error_code&) { return true; }
    bool on_int64(std::int64_t i, string_view, error_code&) {
        if (i < 0 || i > 255) return false;
        out[used++] = static_cast<char>(i);
        ++bytes;
        return true;
    }
    bool on_uint64(std::uint64_t, string_view, error_code&) { return false; }
    bool on_double(double, string_view, error_code&) { return false; }
    bool on_bool(bool, error_code&) { return true; }
    bool on_null(error_code&) { return true; }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }
};

std::size_t sax(const Text& text) {
    boost::json::basic_parser<SaxHandler> parser({});
    boost::json::error_code ec;
    for (std::size_t at = 0; at < text.json.size() && !ec; at += chunk_size) {
        const auto chunk = std::string_view(text.json).substr(at, chunk_size);
        parser.handler().used = 0;
        parser.write_some(true, chunk.data(), chunk.size(), ec);
    }
    parser.write_some(false, "", 0, ec);
    return ec ? 0 : parser.handler().bytes;
}

// Of this thread on its core: others may be at work on the machine.
double cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

double seconds(const std::function<void()>& work) {
    const double start = cpu_seconds();
    work();
    return cpu_seconds() - start;
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t size = (argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 30) * 1'000'000;
    const int repeats = argc > 2 ? std::atoi(argv[2]) : 7;
    const std::vector<Text> texts{
        build("array", "[", "]", false, ",", size),
        build("array, python's spaces", "[", "]", false, ", ", size),
        build("array, one a line", "[\n", "\n]", false, ",\n      ", size),
        build("object", "{", "}", true, ",", size),
        build("buffer", R"({"type":"Buffer","data":[)", "]}", false, ",", size),
    };
    struct Way {
        std::string_view name;
        std::size_t (*run)(const Text&);
    };
    for (const Text& text : texts) {
        for (const Way& way :
             {Way{"handin", decode}, Way{"sax", sax}, Way{"memchr", count_commas}}) {
            std::vector<double> times;
            std::size_t result = 0;
            for (int i = 0; i < repeats; ++i) {
                times.push_back(seconds([&] { result = way.run(text); }));
            }
            if (way.run == decode && result != text.bytes) return 1;
            std::ranges::sort(times);
            const double mb = static_cast<double>(text.json.size()) / 1e6;
            std::printf(
                "{\"bench\":\"json_bytes\",\"form\":\"%s\",\"way\":\"%s\",\"text_mb\":%.1f,"
                "\"file_bytes\":%zu,\"mb_per_s_median\":%.0f,\"mb_per_s_best\":%.0f}\n",
                std::string(text.name).c_str(), std::string(way.name).c_str(), mb, text.bytes,
                mb / times[times.size() / 2], mb / times.front());
        }
    }
}
