// How fast the parts of a multipart/form-data body are found, fed in pieces of 64 KiB. Prints one
// JSON line per content; times are CPU time of the thread.
//   multipart_bytes [megabytes of body, default 64] [repeats, default 7]
// `memcpy` is a copy of the same pieces: what touching the bytes costs at all.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "http/multipart_parser.hpp"

namespace {

using handin::http::MultipartParser;

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::string_view kBoundary = "----WebKitFormBoundaryAbCdEfGh12345678";

struct Body {
    std::string_view content;
    std::string text;
};

// One file of many times the same line.
Body build(std::string_view content, std::string_view line, std::size_t size) {
    const std::string delimiter = "--" + std::string(kBoundary);
    Body body{content,
              delimiter + "\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n"};
    body.text.reserve(size + 2 * line.size());
    while (body.text.size() < size)
        body.text += line;
    body.text += "\r\n" + delimiter + "--\r\n";
    return body;
}

// `size` bytes drawn from `alphabet`, or any if that is empty.
std::string drawn(std::size_t size, std::string_view alphabet = {}) {
    std::mt19937 random(20241124);
    std::string text;
    while (text.size() < size) {
        const auto byte = random() & 255U;
        text += alphabet.empty() ? static_cast<char>(byte) : alphabet[byte % alphabet.size()];
    }
    return text;
}

std::size_t parse(std::string_view text) {
    using Step = MultipartParser::Step;
    MultipartParser parser(kBoundary);
    std::size_t bytes = 0;
    for (std::size_t at = 0; at < text.size(); at += kPiece) {
        parser.feed(text.substr(at, kPiece));
        for (auto step = parser.next(); step != Step::need_more; step = parser.next()) {
            if (step == Step::problem) return 0;
            if (step == Step::bytes) bytes += parser.bytes().size();
        }
    }
    parser.finish();
    return parser.next() == Step::end ? bytes : 0;
}

std::size_t copy(std::string_view text) {
    std::vector<char> to(kPiece);
    std::size_t sum = 1;  // used, so that nothing is left out
    for (std::size_t at = 0; at < text.size(); at += kPiece) {
        std::memcpy(to.data(), text.data() + at, std::min(kPiece, text.size() - at));
        sum += static_cast<unsigned char>(to[at % kPiece]);
    }
    return sum;
}

double cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

double mb_per_s(const Body& body, int repeats, std::size_t (*way)(std::string_view)) {
    std::vector<double> times;
    for (int i = 0; i < repeats; ++i) {
        const auto start = cpu_seconds();
        if (way(body.text) == 0) std::abort();
        times.push_back(cpu_seconds() - start);
    }
    std::ranges::sort(times);
    return static_cast<double>(body.text.size()) / 1e6 / times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t size = (argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 64) * 1'000'000;
    const int repeats = argc > 2 ? std::atoi(argv[2]) : 7;
    const auto boundary = std::string(kBoundary);
    const Body bodies[] = {
        build("letters", drawn(4096, "abcdefgh"), size),
        build("any bytes", drawn(1 << 20U), size),
        build("lines of 40 letters", drawn(40, "abcdefgh") + "\r\n", size),
        build("carriage returns", "\r", size),
        build("boundaries but for the last byte",
              "\r\n--" + boundary.substr(0, boundary.size() - 1), size),
        build("boundaries but for the first byte", "\n\n--" + boundary, size),
    };
    for (const auto& body : bodies)
        std::printf(
            "{\"bench\":\"multipart_bytes\",\"content\":\"%s\",\"handin\":%.0f,\"memcpy\":%.0f}\n",
            std::string(body.content).c_str(), mb_per_s(body, repeats, parse),
            mb_per_s(body, repeats, copy));
}
