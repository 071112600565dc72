#include "api/tabula/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/encoding.hpp"
#include "base/hash.hpp"
#include "base/zone.hpp"
#include "service/intake.hpp"

namespace handin::tabula {
namespace {

namespace chrono = std::chrono;

constexpr std::size_t kLongestKey = 255;  // bytes
constexpr int kFirstMonth = 8;            // of an academic year

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};

std::optional<long> number(std::string_view text) {
    long value = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || at != end || value < 0) return std::nullopt;
    return value;
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<chrono::local_days> day_of(std::optional<long> year, std::optional<long> month,
                                         std::optional<long> day) {
    if (!year || !month || !day || *year > 9999 || *month > 12 || *day > 31) return std::nullopt;
    const chrono::year_month_day date{chrono::year(static_cast<int>(*year)),
                                      chrono::month(static_cast<unsigned>(*month)),
                                      chrono::day(static_cast<unsigned>(*day))};
    return date.ok() ? std::optional(chrono::local_days(date)) : std::nullopt;
}

// dd-MMM-yyyy
std::optional<chrono::local_days> named_day(std::string_view text) {
    if (text.size() != 11 || text[2] != '-' || text[6] != '-') return std::nullopt;
    std::string name(text.substr(3, 3));
    std::ranges::transform(name, name.begin(), lower);
    const auto month = std::ranges::find(kMonths, name);
    if (month == kMonths.end()) return std::nullopt;
    return day_of(number(text.substr(7)), month - kMonths.begin() + 1, number(text.substr(0, 2)));
}

// yyyy-MM-dd
std::optional<chrono::local_days> iso_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    return day_of(number(text.substr(0, 4)), number(text.substr(5, 2)), number(text.substr(8)));
}

// HH:mm:ss
std::optional<chrono::seconds> time_of_day(std::string_view text) {
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    const auto hours = number(text.substr(0, 2));
    const auto minutes = number(text.substr(3, 2));
    const auto seconds = number(text.substr(6));
    if (!hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 59)
        return std::nullopt;
    return chrono::hours(*hours) + chrono::minutes(*minutes) + chrono::seconds(*seconds);
}

// Z, +HH:MM, +HHMM
std::optional<chrono::seconds> offset_of(std::string_view text) {
    if (text == "Z") return chrono::seconds(0);
    if ((text.size() != 6 && text.size() != 5) || (text[0] != '+' && text[0] != '-'))
        return std::nullopt;
    const auto hours = number(text.substr(1, 2));
    const auto minutes = number(text.substr(text.size() - 2));
    if (!hours || !minutes || *hours > 18 || *minutes > 59) return std::nullopt;
    const auto offset = chrono::hours(*hours) + chrono::minutes(*minutes);
    return text[0] == '-' ? -offset : offset;
}

std::optional<Time> iso_date_time(std::string_view text) {
    if (text.size() < 20 || text[10] != 'T') return std::nullopt;
    const auto day = iso_day(text.substr(0, 10));
    const auto time = time_of_day(text.substr(11, 8));
    auto rest = text.substr(19);
    chrono::milliseconds fraction{0};
    if (rest.size() > 4 && rest[0] == '.') {
        const auto millis = number(rest.substr(1, 3));
        if (!millis) return std::nullopt;
        fraction = chrono::milliseconds(*millis);
        rest.remove_prefix(4);
    }
    const auto offset = offset_of(rest);
    if (!day || !time || !offset) return std::nullopt;
    return Time(chrono::sys_days(day->time_since_epoch()) + *time - *offset + fraction);
}

}  // namespace

std::optional<Time> parse_date(std::string_view text, std::string_view zone) {
    if (all_digits(text)) {
        const auto seconds = number(text);
        constexpr long last = 253'402'300'799;  // of the year 9999
        if (!seconds || *seconds > last) return std::nullopt;
        return Time(chrono::seconds(*seconds));
    }
    const auto day = named_day(text);
    const auto found = day ? day : iso_day(text);
    return found ? std::optional(from_local(*found, zone)) : std::nullopt;
}

std::optional<Time> parse_date_time(std::string_view text, std::string_view zone) {
    if (text.size() == 20 && text[11] == ' ') {
        const auto day = named_day(text.substr(0, 11));
        const auto time = time_of_day(text.substr(12));
        if (!day || !time) return std::nullopt;
        return from_local(*day + *time, zone);
    }
    return iso_date_time(text);
}

std::expected<std::optional<domain::ReplayKey>, http::Response> replay_key_of(
    const Call& call, std::string_view verb) {
    auto key = call.request.header("Idempotency-Key");
    if (key.size() >= 2 && key.front() == '"' && key.back() == '"')
        key = key.substr(1, key.size() - 2);
    if (key.empty()) return std::nullopt;
    if (key.size() > kLongestKey)
        return std::unexpected(failure(400, "An Idempotency-Key has at most 255 characters."));
    return service::replay_key(call.actor, verb, key);
}

domain::RequestFacts facts_of(const Call& call) {
    const auto& request = call.request;
    const auto base_url = request.base_url();
    auto host = std::string_view(base_url).substr(base_url.find("://") + 3);
    if (const auto colon = host.rfind(':');
        colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos)
        host = host.substr(0, colon);
    const auto session = sha256("api user:" + call.username);
    return {.request_id = std::string(request.id),
            .session_id = hex(std::span(session).first(16)),
            .hostname = std::string(host),
            .http_method = std::string(http::name_of(request.method)),
            .url = base_url + std::string(request.target),
            .referrer = std::string(request.header("Referer")),
            .user_agent = std::string(request.header("User-Agent")),
            .client_ip = std::string(request.remote_address)};
}

int academic_year_start(Time time, std::string_view zone) {
    const auto day = chrono::floor<chrono::days>(local_in_zone(time, zone));
    const chrono::year_month_day date(day);
    const int year = static_cast<int>(date.year());
    return static_cast<unsigned>(date.month()) >= kFirstMonth ? year : year - 1;
}

std::string academic_year(Time time, std::string_view zone) {
    return academic_year_text(academic_year_start(time, zone));
}

std::string academic_year_text(int start) {
    return fmt::format("{:02}/{:02}", start % 100, (start + 1) % 100);
}

std::optional<int> parse_academic_year(std::string_view text, Time now, std::string_view zone) {
    if (text == "current") return academic_year_start(now, zone);
    if (text.size() == 4 && all_digits(text)) return static_cast<int>(*number(text));
    if (text.size() != 5 || text[2] != '/') return std::nullopt;
    const auto first = number(text.substr(0, 2));
    const auto second = number(text.substr(3));
    if (!first || !second || *second != (*first + 1) % 100) return std::nullopt;
    return static_cast<int>(*first < 70 ? 2000 + *first : 1900 + *first);
}

}  // namespace handin::tabula
