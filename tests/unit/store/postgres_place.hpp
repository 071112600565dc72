// A PostgresStore in a database of its own.
#pragma once

#include <optional>

#include "store/postgres/postgres_store.hpp"
#include "store/store_suite.hpp"
#include "support/postgres_server.hpp"

namespace handin::test {

class PostgresPlace final : public StorePlace {
 public:
    PostgresPlace() : url_(PostgresServer::shared().new_database()) { reopen(); }

    store::postgres::PostgresStore& store() override { return *store_; }
    void reopen() override {
        store_.reset();
        store_.emplace(url_);
    }
    void close() { store_.reset(); }
    const std::string& url() const { return url_; }

 private:
    std::string url_;
    std::optional<store::postgres::PostgresStore> store_;
};

}  // namespace handin::test
