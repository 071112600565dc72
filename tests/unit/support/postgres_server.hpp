// A PostgreSQL of the test program's own: in a temporary folder, on a unix socket there, started
// when it is first asked for and gone with the program.
#pragma once

#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/temporary_folder.hpp"

namespace handin::test {

class PostgresServer {
 public:
    // The program's only one.
    static PostgresServer& shared() {
        static PostgresServer server;
        return server;
    }

    PostgresServer() {
        if (const auto* user = server_user())
            if (chown(folder().c_str(), user->pw_uid, user->pw_gid) != 0)
                throw std::runtime_error("chown");
        const auto made = spawn({programs() + "initdb", "--pgdata", data(), "--username", "handin",
                                 "--auth", "trust", "--encoding", "UTF8", "--locale", "C",
                                 "--no-sync", "--no-instructions"});
        int status = 0;
        waitpid(made, &status, 0);
        if (status != 0) throw std::runtime_error("initdb failed");
        start();
    }
    ~PostgresServer() { stop(SIGINT); }

    // Durability is for other tests: this one is to be fast.
    void start() {
        server_ = spawn({programs() + "postgres", "-D", data(), "-k", folder(), "-c",
                         "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=60", "-c",
                         "log_min_messages=fatal"});
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (PQping(url("postgres").c_str()) != PQPING_OK) {
            if (std::chrono::steady_clock::now() > end)
                throw std::runtime_error("PostgreSQL does not start");
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    // SIGINT: fast shutdown, SIGQUIT: as in a crash.
    void stop(int signal) {
        if (server_ <= 0) return;
        kill(server_, signal);
        waitpid(server_, nullptr, 0);
        server_ = -1;
    }

    std::string url(const std::string& database) const {
        return "postgresql:///" + database + "?user=handin&host=" + folder();
    }
    std::string socket() const { return folder() + "/.s.PGSQL.5432"; }
    // A new database; its URL.
    std::string new_database() {
        const auto name = "test" + std::to_string(++databases_);
        run("postgres", "CREATE DATABASE " + name);
        return url(name);
    }
    void run(const std::string& database, const std::string& sql) {
        const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
            PQconnectdb(url(database).c_str()), PQfinish);
        const std::unique_ptr<PGresult, decltype(&PQclear)> result(
            PQexec(connection.get(), sql.c_str()), PQclear);
        if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR)
            throw std::runtime_error(PQerrorMessage(connection.get()));
    }

 private:
    // PostgreSQL does not run as root.
    static const passwd* server_user() {
        if (getuid() != 0) return nullptr;
        const auto* user = getpwnam("postgres");
        return user != nullptr ? user : getpwnam("nobody");
    }
    // Debian has them beside the version's other files; others have them in the PATH.
    static std::string programs() {
        constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin/";
        return access(kPrograms, X_OK) == 0 ? kPrograms : "";
    }
    std::string folder() const { return folder_.path().string(); }
    std::string data() const { return folder() + "/data"; }

    pid_t spawn(const std::vector<std::string>& command) {
        const auto* user = server_user();
        const pid_t child = fork();
        if (child != 0) return child;
        if (user != nullptr && (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) _exit(126);
        prctl(PR_SET_PDEATHSIG, SIGQUIT);  // after setuid, which clears it
        if (chdir(folder().c_str()) != 0) _exit(126);
        if (freopen("log", "a", stdout) == nullptr || freopen("log", "a", stderr) == nullptr)
            _exit(126);
        std::vector<char*> arguments;
        for (const auto& each : command)
            arguments.push_back(const_cast<char*>(each.c_str()));
        arguments.push_back(nullptr);
        execvp(arguments[0], arguments.data());
        _exit(127);
    }

    TemporaryFolder folder_;
    pid_t server_ = -1;
    int databases_ = 0;
};

}  // namespace handin::test
