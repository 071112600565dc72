// A read transaction on a connection of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

class Snapshot {
 public:
    using Mark = std::uint64_t;  // tells the states of the database apart

    explicit Snapshot(const std::filesystem::path& file) : db_(file, Access::read_only) {}

    // Whether it was begun at `mark`, and still is.
    bool is_of(Mark mark) const { return mark_ == mark; }

    // From the next question on it sees the database as it is then, at `mark` or later.
    void begin(Mark mark) {
        end();
        db_.exec("BEGIN");
        mark_ = mark;
    }

    Connection& connection() { return db_; }

    void end() noexcept {
        if (!mark_) return;
        mark_.reset();
        // Nothing was written, and after an error there may be no transaction left: nothing to
        // report.
        db_.try_exec("ROLLBACK");
    }

 private:
    Connection db_;
    std::optional<Mark> mark_;
};

}  // namespace handin::store::sqlite
