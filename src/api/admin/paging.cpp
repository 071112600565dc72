#include "api/admin/paging.hpp"

#include <charconv>

namespace handin::admin {
namespace {

constexpr std::size_t kDefault = 100;
constexpr std::size_t kMost = 1000;  // a page is held in memory

}  // namespace

std::expected<service::Page, std::string> page_of(const http::Request& request) {
    service::Page page{.after = std::nullopt, .limit = kDefault};
    if (const auto after = request.query("after")) {
        page.after = Uuid::parse(*after);
        if (!page.after) return std::unexpected("after: expected an id.");
    }
    if (const auto text = request.query("limit")) {
        const auto [end, error] =
            std::from_chars(text->data(), text->data() + text->size(), page.limit);
        if (error != std::errc() || end != text->data() + text->size() || page.limit < 1 ||
            page.limit > kMost)
            return std::unexpected("limit: expected a whole number from 1 to 1000.");
    }
    return page;
}

}  // namespace handin::admin
