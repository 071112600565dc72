#include "service/administration/administration.hpp"

#include "service/administration/listed.hpp"

namespace handin::service {

task<void> Administration::note(Operator by, std::string action, std::string target,
                                std::string detail) {
    co_await changer_.note(&by, action, {.target = std::move(target), .detail = std::move(detail)});
}

task<Listed<domain::AuditEntry>> Administration::audit(Operator /*by*/, store::AuditFilter filter,
                                                       Page page) {
    co_return co_await listed(&store_, page, [&](store::AdminReader& reader, const Page& more) {
        return reader.audit(filter, more);
    });
}

}  // namespace handin::service
