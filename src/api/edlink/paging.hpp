// $first, $cursor and the absolute $next (edlink.md 2.2).
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "api/edlink/reply.hpp"
#include "base/time.hpp"
#include "service/coursework.hpp"

namespace handin::edlink {

class Paging {
 public:
    // key: signs cursors, so that one can be neither made up nor carried to another list.
    Paging(std::string key, const Clock& clock) : key_(std::move(key)), clock_(clock) {}

    // What part of the list the call wants; may add a warning to it.
    std::expected<service::Page, Failure> page_of(Call& call) const;

    // Where the list goes on after `after`; nothing if it does not.
    std::optional<std::string> next(const Call& call, const service::Page& page,
                                    const std::optional<Uuid>& after) const;

 private:
    std::string sign(const Call& call, std::string_view position) const;
    std::expected<service::Page, Failure> from_cursor(const Call& call,
                                                      std::string_view cursor) const;

    std::string key_;
    const Clock& clock_;
};

}  // namespace handin::edlink
