#include "app/maintenance/migrate_store.hpp"

#include <memory>
#include <stdexcept>

#include "app/data_folder.hpp"
#include "store/postgres/site_tables.hpp"
#include "store/sqlite/site_tables.hpp"

namespace handin::app {
namespace {

using Sqlite = store::sqlite::SiteTables;
using Postgres = store::postgres::SiteTables;

std::unique_ptr<store::Tables> opened(const std::string& url, bool source, const char* option) {
    try {
        if (on_postgres(url))
            return std::make_unique<Postgres>(
                url, source ? Postgres::Use::source : Postgres::Use::target);
        const auto file = places("", url).database;
        return std::make_unique<Sqlite>(file, source ? Sqlite::Use::source : Sqlite::Use::target);
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(std::string(option) + ": " + error.what());
    }
}

}  // namespace

store::Move migrate_store(const std::string& from, const std::string& to, Progress& progress) {
    const auto source = opened(from, true, "--from");
    const auto target = opened(to, false, "--to");
    return store::move_site(*source, *target,
                            [&](const std::string& doing) { progress.say(doing); });
}

}  // namespace handin::app
