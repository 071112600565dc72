#include "http/forwarded.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace handin::http {
namespace {

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Takes the last element off a comma-separated list.
std::string_view take_last(std::string_view& list) {
    const auto comma = list.rfind(',');
    const auto last = comma == std::string_view::npos ? list : list.substr(comma + 1);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
    return trim(last);
}

std::string_view last_value(const Head& head, std::string_view name) {
    std::string_view value;
    for (const auto& field : head.fields) {
        if (same_name(head.text(field.name), name)) value = head.text(field.value);
    }
    return take_last(value);
}

bool is_host(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_host_char);
}

// From `address`, goes back through who spoke for whom, as long as the speaker is trusted.
void walk_back(const Head& head, const Proxies& trusted, std::string& address) {
    // Several headers of that name are one list, in order.
    for (auto field = head.fields.rbegin(); field != head.fields.rend(); ++field) {
        if (!same_name(head.text(field->name), "X-Forwarded-For")) continue;
        for (auto list = head.text(field->value); !list.empty();) {
            if (!trusted.contains(address)) return;
            auto previous = canonical_address(take_last(list));
            if (previous.empty()) return;
            address = std::move(previous);
        }
    }
}

}  // namespace

std::string canonical_address(std::string_view text) {
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return {};
        text = text.substr(1, end - 1);
    } else if (std::ranges::count(text, ':') == 1) {
        text = text.substr(0, text.find(':'));
    }
    boost::system::error_code error;
    auto address = boost::asio::ip::make_address(std::string(text), error);
    if (error) return {};
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
    }
    return address.to_string();
}

Client forwarded_client(const Head& head, Client client, const Proxies& trusted) {
    walk_back(head, trusted, client.address);
    const auto scheme = last_value(head, "X-Forwarded-Proto");
    if (same_name(scheme, "https")) client.scheme = "https";
    if (same_name(scheme, "http")) client.scheme = "http";
    if (const auto host = last_value(head, "X-Forwarded-Host"); is_host(host)) client.host = host;
    return client;
}

}  // namespace handin::http
