#include "api/edlink/date_time.hpp"

#include <algorithm>
#include <charconv>

namespace handin::edlink {
namespace {

using namespace std::chrono;

class Scanner {
 public:
    explicit Scanner(std::string_view text) : text_(text) {}

    // Just so many digits.
    std::optional<int> digits(std::size_t count) {
        const auto part = text_.substr(0, count);
        if (part.size() < count || !std::ranges::all_of(part, is_digit)) return std::nullopt;
        int value = 0;
        std::from_chars(part.data(), part.data() + part.size(), value);
        text_.remove_prefix(count);
        return value;
    }
    bool take(char c) {
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
        return true;
    }
    // The digits behind a point, as microseconds; what is smaller is cut.
    std::optional<microseconds> fraction() {
        const auto length =
            static_cast<std::size_t>(std::ranges::find_if_not(text_, is_digit) - text_.begin());
        if (length == 0) return std::nullopt;
        std::int64_t value = 0;
        for (std::size_t i = 0; i < 6; ++i)
            value = value * 10 + (i < length ? text_[i] - '0' : 0);
        text_.remove_prefix(length);
        return microseconds(value);
    }
    bool done() const { return text_.empty(); }

 private:
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    std::string_view text_;
};

std::optional<sys_days> day_in(Scanner& scan) {
    const auto y = scan.digits(4);
    if (!y || !scan.take('-')) return std::nullopt;
    const auto m = scan.digits(2);
    if (!m || !scan.take('-')) return std::nullopt;
    const auto d = scan.digits(2);
    if (!d) return std::nullopt;
    const year_month_day date(year(*y), month(static_cast<unsigned>(*m)),
                              day(static_cast<unsigned>(*d)));
    return date.ok() ? std::optional(sys_days(date)) : std::nullopt;
}

std::optional<microseconds> time_of_day_in(Scanner& scan) {
    const auto h = scan.digits(2);
    if (!h || *h > 23 || !scan.take(':')) return std::nullopt;
    const auto m = scan.digits(2);
    if (!m || *m > 59) return std::nullopt;
    microseconds time = hours(*h) + minutes(*m);
    if (!scan.take(':')) return time;
    const auto s = scan.digits(2);
    if (!s || *s > 59) return std::nullopt;
    time += seconds(*s);
    if (!scan.take('.')) return time;
    const auto part = scan.fraction();
    return part ? std::optional(time + *part) : std::nullopt;
}

// How far the zone is ahead of UTC.
std::optional<minutes> offset_in(Scanner& scan, bool behind) {
    const auto h = scan.digits(2);
    if (!h || *h > 23) return std::nullopt;
    (void)scan.take(':');
    const auto m = scan.digits(2);
    if (!m || *m > 59) return std::nullopt;
    const minutes offset = hours(*h) + minutes(*m);
    return behind ? -offset : offset;
}

}  // namespace

std::optional<DateTime> parse_date_time(std::string_view text) {
    Scanner scan(text);
    const auto day = day_in(scan);
    if (!day) return std::nullopt;
    DateTime result{.at = *day, .has_zone = false};
    if (scan.take('T') || scan.take(' ')) {
        const auto time = time_of_day_in(scan);
        if (!time) return std::nullopt;
        result.at += *time;
        if (scan.take('Z')) {
            result.has_zone = true;
        } else if (const bool behind = scan.take('-'); behind || scan.take('+')) {
            const auto offset = offset_in(scan, behind);
            if (!offset) return std::nullopt;
            result.at -= *offset;
            result.has_zone = true;
        }
    }
    // What a zone moves out of the years that have four digits could not be read back.
    constexpr sys_days first = year(1) / January / 1;
    constexpr auto end = sys_days(year(9999) / December / 31) + days(1);
    if (result.at < first || result.at >= end) return std::nullopt;
    return scan.done() ? std::optional(result) : std::nullopt;
}

}  // namespace handin::edlink
