#include "service/administration/administration.hpp"

#include "service/administration/listed.hpp"

namespace handin::service {
task<Listed<domain::AuditEntry>> Administration::audit(Operator /*by*/, store::AuditFilter filter,
                                                       Page page) {
    co_return co_await listed(&store_, page, [&](store::AdminReader& reader, const Page& more) {
        return reader.audit(filter, more);
    });
}

}  // namespace handin::service
