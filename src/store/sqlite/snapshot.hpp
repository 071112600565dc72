// A read transaction on a connection of its own.
#pragma once

#include <filesystem>

#include "store/row_cache.hpp"
#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

class Snapshot {
 public:
    explicit Snapshot(const std::filesystem::path& file) : db_(file, Access::read_only) {}

    // The connection, in a transaction that sees the roster of `generation`: in the one that is
    // open if it does. It begins with the first question.
    Connection& at(Generation generation) {
        if (open_ && generation_ != generation) end();
        if (!open_) db_.exec("BEGIN");
        open_ = true;
        generation_ = generation;
        return db_;
    }

    bool is_open() const { return open_; }

    void end() noexcept {
        if (!open_) return;
        open_ = false;
        // Nothing was written, and after an error there may be no transaction left: nothing to
        // report.
        db_.try_exec("ROLLBACK");
    }

 private:
    Connection db_;
    bool open_ = false;
    Generation generation_ = 0;
};

}  // namespace handin::store::sqlite
