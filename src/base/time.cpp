#include "base/time.hpp"

#include <charconv>

namespace handin {
namespace {

struct Parts {
    int year;
    unsigned month, day, hour, minute, second, micro;
};

Parts split(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return {int(date.year()),
            unsigned(date.month()),
            unsigned(date.day()),
            static_cast<unsigned>(clock.hours().count()),
            static_cast<unsigned>(clock.minutes().count()),
            static_cast<unsigned>(clock.seconds().count()),
            static_cast<unsigned>(clock.subseconds().count())};
}

// Right-aligned decimal digits into text[from, from + width).
void put(std::string& text, std::size_t from, std::size_t width, unsigned value) {
    for (std::size_t at = from + width; at-- > from; value /= 10)
        text[at] = static_cast<char>('0' + value % 10);
}

// By hand: a reply holds half a dozen times, and a general formatter showed in profiles.
std::string written(Time time, std::size_t fraction_digits) {
    const auto p = split(time);
    std::string text = "0000-00-00T00:00:00";
    put(text, 0, 4, static_cast<unsigned>(p.year));
    put(text, 5, 2, p.month);
    put(text, 8, 2, p.day);
    put(text, 11, 2, p.hour);
    put(text, 14, 2, p.minute);
    put(text, 17, 2, p.second);
    if (fraction_digits > 0) {
        text += '.';
        text.resize(text.size() + fraction_digits);
        put(text, 20, fraction_digits, fraction_digits == 3 ? p.micro / 1000 : p.micro);
    }
    text += 'Z';
    return text;
}

}  // namespace

std::string iso_seconds(Time time) {
    return written(time, 0);
}
std::string iso_millis(Time time) {
    return written(time, 3);
}
std::string iso_micros(Time time) {
    return written(time, 6);
}

std::optional<Time> parse_iso_micros(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00T00:00:00.000000Z";
    if (text.size() != shape.size()) return std::nullopt;
    const auto number = [text](std::size_t from, std::size_t width) {
        unsigned value = 0;
        std::from_chars(text.data() + from, text.data() + from + width, value);
        return value;
    };
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(number(0, 4))),
                                           std::chrono::month(number(5, 2)),
                                           std::chrono::day(number(8, 2)));
    if (!date.ok()) return std::nullopt;
    const Time time = std::chrono::sys_days(date) + std::chrono::hours(number(11, 2)) +
                      std::chrono::minutes(number(14, 2)) + std::chrono::seconds(number(17, 2)) +
                      std::chrono::microseconds(number(20, 6));
    // Signs, missing digits, 25 o'clock: they would be written differently.
    return iso_micros(time) == text ? std::optional(time) : std::nullopt;
}

}  // namespace handin
