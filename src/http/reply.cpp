#include "http/reply.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <chrono>
#include <random>

#include "http/date.hpp"
#include "http/parser.hpp"

namespace handin::http {
namespace {

// The same text for a whole second.
void append_date(std::string& out, std::chrono::sys_seconds now) {
    thread_local std::chrono::sys_seconds shown = std::chrono::sys_seconds::min();
    thread_local std::string text;
    if (now != shown) {
        text = http_date(now);
        shown = now;
    }
    out += text;
}

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits;
    const auto [end, error] = std::to_chars(digits.begin(), digits.end(), number);
    out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    const auto begin = out.size();
    out += value;
    std::replace_if(
        out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
        [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; },
        ' ');
    out += "\r\n";
}

// What frames the message is ours alone to say.
bool is_framing(std::string_view name) {
    return same_name(name, "Content-Length") || same_name(name, "Transfer-Encoding") ||
           same_name(name, "Connection");
}

}  // namespace

std::string retry_after() {
    constexpr unsigned least = 2;
    constexpr unsigned spread = 5;
    thread_local std::minstd_rand chance{std::random_device{}()};
    return std::to_string(least + chance() % spread);
}

bool may_have_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

void format_head(std::string& out, const Response& response, const Framing& framing,
                 std::string_view request_id, Time now) {
    const auto status = boost::beast::http::int_to_status(static_cast<unsigned>(response.status));
    auto reason = boost::beast::http::obsolete_reason(status);
    if (status == boost::beast::http::status::unknown) reason = "";  // tus has a 460
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(response.status));
    out += ' ';
    out += std::string_view(reason.data(), reason.size());
    out += "\r\nServer: handin\r\nDate: ";
    append_date(out, whole_seconds(now));
    out += "\r\nX-Request-Id: ";
    out += request_id;
    out += "\r\n";
    if (!response.content_type.empty() && may_have_body(response.status)) {
        append_field(out, "Content-Type", response.content_type);
    }
    if (framing.length) {
        out += "Content-Length: ";
        append_number(out, *framing.length);
        out += "\r\n";
    }
    if (framing.chunked) out += "Transfer-Encoding: chunked\r\n";
    for (const auto& [name, value] : response.headers) {
        if (!is_framing(name)) append_field(out, name, value);
    }
    if (framing.close) {
        out += "Connection: close\r\n";
    } else if (!framing.http_1_1) {
        out += "Connection: keep-alive\r\n";
    }
    out += "\r\n";
}

}  // namespace handin::http
