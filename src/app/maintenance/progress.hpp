// What a long command is doing, on standard error if that is a terminal; nothing otherwise.
#pragma once

#include <chrono>
#include <string_view>

namespace handin::app {

class Progress {
 public:
    Progress();
    ~Progress();  // leaves an empty line
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // Shown in place of what was said before; a few times a second at most.
    void say(std::string_view doing);
    // Takes it away before a line is written that stays.
    void clear();

 private:
    bool terminal_;
    bool shown_ = false;
    std::chrono::steady_clock::time_point next_;
};

}  // namespace handin::app
