#include "http/target.hpp"

#include <algorithm>

#include "http/parser.hpp"

namespace handin::http {

std::optional<Target> read_target(std::string_view text, Method method) {
    Target target;
    if (const auto end = text.find("://"); !text.starts_with('/') && end != text.npos) {
        const auto scheme = text.substr(0, end);
        if (!same_name(scheme, "http") && !same_name(scheme, "https")) return std::nullopt;
        text.remove_prefix(end + 3);
        target.host = text.substr(0, text.find_first_of("/?"));
        if (target.host.empty() || !std::ranges::all_of(target.host, is_host_char)) {
            return std::nullopt;
        }
        text.remove_prefix(target.host.size());
        if (text.empty()) text = "/";
    }
    const auto question = text.find('?');
    target.text = text;
    target.path = text.substr(0, question);
    if (question != text.npos) target.query = text.substr(question + 1);
    if (target.path.empty() && !target.host.empty()) target.path = "/";
    const bool answerable =
        target.path.starts_with('/') || (text == "*" && method == Method::options);
    return answerable ? std::optional(target) : std::nullopt;
}

}  // namespace handin::http
