#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <cmath>
#include <memory>
#include <string>

#include "base/json_writer.hpp"
#include "base/time.hpp"

namespace handin::log {
namespace {

std::atomic<Level> threshold{Level::info};

spdlog::logger& logger() {
    static const auto instance = [] {
        auto made = std::make_shared<spdlog::logger>(
            "handin", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%v");
        made->set_level(spdlog::level::trace);
        return made;
    }();
    return *instance;
}

std::string_view name_of(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warn:
            return "warn";
        case Level::error:
            return "error";
    }
    return "error";
}

struct Append {
    std::string& line;
    void operator()(std::string_view text) const { append_quoted(line, text); }
    void operator()(std::int64_t number) const { line += std::to_string(number); }
    void operator()(double number) const {
        line += std::isfinite(number) ? fmt::format("{}", number) : "null";  // as JSON has it
    }
    void operator()(bool flag) const { line += flag ? "true" : "false"; }
};

}  // namespace

void set_level(Level level) {
    threshold = level;
}
bool enabled(Level level) {
    return level >= threshold.load(std::memory_order_relaxed);
}

void write(Level level, std::string_view message, Fields fields) {
    std::string line;
    line.reserve(512);
    line += R"({"time":")";
    line += iso_millis(SystemClock().now());
    line += R"(","level":")";
    line += name_of(level);
    line += R"(","message":)";
    append_quoted(line, message);
    for (const auto& field : fields) {
        line += ',';
        append_quoted(line, field.name);
        line += ':';
        std::visit(Append{line}, field.value);
    }
    line += '}';
    logger().log(spdlog::level::info, line);
}

}  // namespace handin::log
