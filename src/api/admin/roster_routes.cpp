#include "api/admin/roster_routes.hpp"

#include <boost/json/array.hpp>
#include <fstream>

#include "api/admin/reply.hpp"
#include "service/roster/archive.hpp"

namespace handin::admin {

namespace json = boost::json;

namespace {

constexpr std::uint64_t kLargestArchive = std::uint64_t{1} << 30U;  // bytes, compressed

json::object render(const service::RosterReport& report) {
    json::object files;
    for (const auto& [name, counts] : report.files)
        files[name] = json::object{{"rows", counts.rows},       {"added", counts.added},
                                   {"changed", counts.changed}, {"unchanged", counts.unchanged},
                                   {"removed", counts.removed}, {"problems", counts.problems}};
    json::array problems;
    for (const auto& problem : report.problems)
        problems.push_back(json::object{{"file", problem.file},
                                        {"line", problem.line},
                                        {"field", problem.field},
                                        {"message", problem.message}});
    return {{"dry_run", report.dry_run},
            {"version", report.version},
            {"account", report.account.empty() ? json::value() : json::value(report.account)},
            {"files", std::move(files)},
            {"problem_count", report.problem_count},
            {"problems", std::move(problems)},
            {"note", report.note.empty() ? json::value() : json::value(report.note)}};
}

// Until it goes, nobody else imports.
class Turn {
 public:
    explicit Turn(std::atomic<bool>& busy) : busy_(busy), mine_(!busy.exchange(true)) {}
    ~Turn() {
        if (mine_) busy_ = false;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    bool mine() const { return mine_; }

 private:
    std::atomic<bool>& busy_;
    bool mine_;
};

// Removes the archive, however the import ends.
struct Removed {
    std::filesystem::path file;
    ~Removed() {
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
    }
};

}  // namespace

void RosterRoutes::add_routes(http::Router& router) {
    const Removed left_by_a_process_that_was_killed{file_};
    guard_.add(router, http::Method::post, "/api/handin/v1/roster-imports",
               domain::Permission::roster_import,
               [this](http::Request request, service::Operator by) {
                   return import(request, std::move(by));
               },
               {.body_bytes = kLargestArchive});
}

task<http::Response> RosterRoutes::import(http::Request request, service::Operator by) {
    service::RosterOptions options{.account = request.query("account"),
                                   .school = request.query("school").value_or("")};
    if (const auto dry = request.query("dry_run")) {
        if (*dry != "true" && *dry != "false")
            co_return failure(400, "bad_request", "dry_run: expected true or false.");
        options.dry_run = *dry == "true";
    }
    if (const auto many = request.query("remove_many")) {
        if (*many != "true" && *many != "false")
            co_return failure(400, "bad_request", "remove_many: expected true or false.");
        options.remove_many = *many == "true";
    }
    const Turn turn(busy_);
    if (!turn.mine()) co_return failure(409, "conflict", "Another import is running.");
    co_return co_await receive(request, std::move(by), std::move(options));
}

task<http::Response> RosterRoutes::receive(http::Request request, service::Operator by,
                                           service::RosterOptions options) {
    const Removed removed{file_};
    std::ofstream file;
    co_await pool_.run([&] { file.open(file_, std::ios::binary | std::ios::trunc); });
    for (;;) {
        const auto piece = co_await request.body().read();
        if (piece.empty()) break;
        co_await pool_.run(
            [&] { file.write(piece.data(), static_cast<std::streamsize>(piece.size())); });
    }
    co_await pool_.run([&] { file.close(); });
    if (!file) co_return failure(503, "unavailable", "The disk does not take the archive.");
    try {
        const auto report = co_await roster_.run(std::move(by), file_, std::move(options));
        if (!report) co_return refused(report.error());
        co_return rendered(200, render(*report));
    } catch (const service::RosterArchive::Damaged& error) {
        co_return failure(400, "bad_request", error.what());
    }
}

}  // namespace handin::admin
