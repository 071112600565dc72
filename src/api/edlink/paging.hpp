// Which part of a list a call wants: $first, $last, $after, $before, $cursor, and the absolute
// $next (edlink.md 2.2).
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "api/edlink/query.hpp"
#include "api/edlink/reply.hpp"
#include "base/time.hpp"
#include "service/coursework.hpp"

namespace handin::edlink {

struct Wish {
    std::size_t limit = 0;
    std::optional<Uuid> after = {};
    std::optional<Uuid> before = {};
    bool backwards = false;  // the last ones before `before`
    Query query = {};
};

class Paging {
 public:
    // key: signs cursors, so that one can be neither made up nor carried to another list.
    Paging(std::string key, const Clock& clock) : key_(std::move(key)), clock_(clock) {}

    // May add a warning to the call.
    std::expected<Wish, Failure> wish_of(Call& call) const;

    // Where the list goes on from `here`, in the direction of the wish; nothing if it does not.
    std::optional<std::string> next(const Call& call, const Wish& wish,
                                    const std::optional<Uuid>& here) const;

 private:
    std::string sign(const Call& call, std::string_view position) const;
    std::expected<Wish, Failure> from_cursor(const Call& call, std::string_view cursor) const;

    std::string key_;
    const Clock& clock_;
};

}  // namespace handin::edlink
