#include "app/administration/local_server.hpp"

#include <pwd.h>
#include <unistd.h>

#include <optional>

#include "api/admin/access_routes.hpp"
#include "api/admin/roster_routes.hpp"
#include "app/data_folder.hpp"
#include "app/secret_file.hpp"
#include "base/hash.hpp"
#include "base/pool.hpp"
#include "base/process_lock.hpp"
#include "base/random.hpp"
#include "http/server.hpp"
#include "service/access.hpp"
#include "service/administration/administration.hpp"
#include "service/committer.hpp"
#include "service/roster/import.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace handin::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPoolThreads = 2;

http::ServerOptions server_options() {
    http::ServerOptions options;
    options.port = 0;
    options.threads = 1;
    return options;
}

std::string operator_name() {
    const auto* user = getpwuid(geteuid());  // one thread: nobody else asks
    return "command line (" +
           (user != nullptr ? std::string(user->pw_name) : std::to_string(geteuid())) + ")";
}

// A database that another configuration knows of must not be taken for a new one.
std::unique_ptr<store::Store> opened(const fs::path& data, const std::string& database,
                                     Pool& pool) {
    make_private_folder(data);
    if (on_postgres(database))
        return std::make_unique<store::postgres::PostgresStore>(database, &pool);
    const auto file = places(data, database).database;
    if (!fs::exists(file) && fs::exists(data / kUrlFile))
        throw std::runtime_error("a server has run in " + data.string() + ", but there is no " +
                                 file.string() + ": give the --database that it uses");
    return std::make_unique<store::sqlite::SqliteStore>(file, &pool);
}

}  // namespace

struct LocalServer::Parts {
    Parts(const fs::path& data, const std::string& database)
        : lock(on_postgres(database) ? nullptr : held(data)),
          store(opened(data, database, pool)),
          committer(*store, clock),
          access(*store, clock, service::LocalOperator{sha256(token), operator_name()}),
          administration(*store, committer, clock),
          roster(*store, committer, clock),
          access_routes(access, administration, clock),
          roster_routes(access, roster, pool, data / kRosterFile),
          server(server_options(), router, clock),
          url("http://127.0.0.1:" + std::to_string(server.port())) {
        access_routes.add_routes(router);
        roster_routes.add_routes(router);
        server.start();
    }

    static std::unique_ptr<ProcessLock> held(const fs::path& data) {
        make_private_folder(data);
        return std::make_unique<ProcessLock>(data, "this data folder");
    }

    SystemClock clock;
    std::string token = random_token();
    std::unique_ptr<ProcessLock> lock;
    Pool pool{kPoolThreads};
    std::unique_ptr<store::Store> store;
    service::Committer committer;
    service::Access access;
    service::Administration administration;
    service::RosterImport roster;
    admin::AccessRoutes access_routes;
    admin::RosterRoutes roster_routes;
    http::Router router;
    http::Server server;
    std::string url;
};

LocalServer::LocalServer(const fs::path& data, const std::string& database)
    : parts_(std::make_unique<Parts>(data, database)) {}

LocalServer::~LocalServer() {
    parts_->server.stop(std::chrono::seconds(5));
    parts_->pool.drain();
}

const std::string& LocalServer::url() const {
    return parts_->url;
}

const std::string& LocalServer::token() const {
    return parts_->token;
}

bool is_in_use(const fs::path& data) {
    if (!fs::is_directory(data)) return false;
    try {
        const ProcessLock probe(data, "this data folder");
        return false;
    } catch (const std::runtime_error&) {
        return true;
    }
}

}  // namespace handin::app
