#include "base/zone.hpp"

#include <date/tz.h>
#include <fmt/format.h>

namespace handin {
namespace {

using std::chrono::seconds;

const date::time_zone& zone_named(std::string_view name) {
    try {
        return *date::locate_zone(std::string(name));
    } catch (const std::runtime_error&) {
        return *date::locate_zone("UTC");
    }
}

}  // namespace

bool is_zone(std::string_view name) {
    try {
        return date::locate_zone(std::string(name)) != nullptr;
    } catch (const std::runtime_error&) {
        return false;
    }
}

std::string iso_in_zone(Time time, std::string_view zone) {
    const auto at = whole_seconds(time);
    const auto offset = zone_named(zone).get_info(at).offset;
    if (offset == seconds(0)) return iso_seconds(time);
    auto text = iso_seconds(Time(at + offset));
    text.pop_back();  // Z
    const auto minutes = std::chrono::abs(offset) / seconds(60);
    return text + fmt::format("{}{:02}:{:02}", offset < seconds(0) ? '-' : '+', minutes / 60,
                              minutes % 60);
}

std::chrono::local_seconds local_in_zone(Time time, std::string_view zone) {
    const auto at = whole_seconds(time);
    return std::chrono::local_seconds(
        (at + zone_named(zone).get_info(at).offset).time_since_epoch());
}

Time from_local(std::chrono::local_seconds local, std::string_view zone) {
    const date::local_seconds shown(local.time_since_epoch());
    return Time(zone_named(zone).to_sys(shown, date::choose::earliest).time_since_epoch());
}

}  // namespace handin
