#include "base/random.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/encoding.hpp"

namespace handin {
namespace {

void draw(std::span<std::uint8_t> out) {
    while (!out.empty()) {
        const auto got = getrandom(out.data(), out.size(), 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            throw std::system_error(errno, std::generic_category(), "getrandom");
        }
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

}  // namespace

void fill_random(std::span<std::uint8_t> out) {
    thread_local std::array<std::uint8_t, 1024> block;
    thread_local std::size_t used = block.size();
    if (out.empty()) return;  // memcpy does not take its null pointer
    if (out.size() > block.size()) return draw(out);
    if (block.size() - used < out.size()) {
        draw(block);
        used = 0;
    }
    std::memcpy(out.data(), block.data() + used, out.size());
    std::memset(block.data() + used, 0, out.size());  // what was given out is not kept
    used += out.size();
}

std::string random_token() {
    std::array<std::uint8_t, 32> bytes{};
    fill_random(bytes);
    return base64url(bytes);
}

}  // namespace handin
