// POST /api/handin/v1/roster-imports: a OneRoster zip archive comes in (docs/roster.md).
#pragma once

#include <atomic>
#include <filesystem>

#include "api/admin/guard.hpp"
#include "base/pool.hpp"
#include "http/router.hpp"
#include "service/roster/import.hpp"

namespace handin::admin {

class RosterRoutes {
 public:
    // All outlive it. `file`: where an archive is kept while it is read.
    RosterRoutes(service::Access& access, service::RosterImport& roster, Pool& pool,
                 std::filesystem::path file)
        : guard_(access), roster_(roster), pool_(pool), file_(std::move(file)) {}

    // It outlives the router's use.
    void add_routes(http::Router& router);

 private:
    task<http::Response> import(http::Request request, service::Operator by);
    task<http::Response> receive(http::Request request, service::Operator by,
                                 service::RosterOptions options);

    Guard guard_;
    service::RosterImport& roster_;
    Pool& pool_;
    std::filesystem::path file_;
    std::atomic<bool> busy_ = false;  // one at a time
};

}  // namespace handin::admin
