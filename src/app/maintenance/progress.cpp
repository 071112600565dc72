#include "app/maintenance/progress.hpp"

#include <unistd.h>

#include <cstdio>

namespace handin::app {
namespace {

constexpr auto kEvery = std::chrono::milliseconds(200);
constexpr auto kEraseLine = "\r\033[K";

}  // namespace

Progress::Progress() : terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
    clear();
}

void Progress::say(std::string_view doing) {
    if (!terminal_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + kEvery;
    shown_ = true;
    std::fprintf(stderr, "%s%.*s", kEraseLine, static_cast<int>(doing.size()), doing.data());
}

void Progress::clear() {
    if (shown_) std::fputs(kEraseLine, stderr);
    shown_ = false;
}

}  // namespace handin::app
