// A SqliteStore in a folder that goes with it.
#pragma once

#include <optional>

#include "store/sqlite/sqlite_store.hpp"
#include "store/store_suite.hpp"
#include "support/temporary_folder.hpp"

namespace handin::test {

class SqlitePlace final : public StorePlace {
 public:
    SqlitePlace() { reopen(); }

    store::sqlite::SqliteStore& store() override { return *store_; }
    void reopen() override {
        store_.reset();
        store_.emplace(file());
    }
    void close() { store_.reset(); }
    std::filesystem::path file() const { return folder_.path() / "handin.db"; }

 private:
    TemporaryFolder folder_;
    std::optional<store::sqlite::SqliteStore> store_;
};

}  // namespace handin::test
