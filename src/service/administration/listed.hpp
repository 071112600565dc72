// Part of a list, and where it goes on. For the use cases of this folder.
#pragma once

#include <algorithm>

#include "service/coursework.hpp"
#include "store/store.hpp"

namespace handin::service {

// However long a page may be asked to be: it is held in memory.
inline constexpr std::size_t kLongestAdminPage = 1000;

inline Uuid id_of(const domain::Token& token) {
    return token.id();
}
template <class Row>
Uuid id_of(const Row& row) {
    return row.id;
}

// `ask` gives the rows of a page. `store` outlives the call.
template <class Ask>
auto listed(store::Store* store, Page page, Ask ask) -> task<
    Listed<typename std::invoke_result_t<Ask&, store::AdminReader&, const Page&>::value_type>> {
    page.limit = std::clamp<std::size_t>(page.limit, 1, kLongestAdminPage);
    auto rows = co_await store::read_long(store, [&](store::Reader& reader) {
        return ask(reader.administration(), Page{page.after, page.limit + 1});
    });
    Listed<typename decltype(rows)::value_type> part{.items = std::move(rows), .next = {}};
    if (part.items.size() > page.limit) {
        part.items.pop_back();
        part.next = id_of(part.items.back());
    }
    co_return part;
}

}  // namespace handin::service
