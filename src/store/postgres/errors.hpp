// How a statement fails.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace handin::store::postgres {

// The connection is gone, or not to be trusted: what was sent last has taken effect, or not.
struct Lost : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The server has refused a statement, and its transaction is rolled back.
struct Refused : std::runtime_error {
    Refused(const std::string& what, std::string sqlstate)
        : runtime_error(what), state(std::move(sqlstate)) {}

    // Appendix A of PostgreSQL's manual.
    bool is(std::string_view prefix) const { return state.starts_with(prefix); }
    // Another transaction was in the way: the same again may succeed.
    bool of_rivalry() const { return is("40") || is("55P03"); }
    // A guard of ours (guard.hpp) has found that a row is not as it was.
    bool of_guard() const { return is("22P02"); }
    // Data that can never be written, as opposed to a server that cannot write now.
    bool of_data() const { return is("22") || is("23"); }

    std::string state;
};

}  // namespace handin::store::postgres
