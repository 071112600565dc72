#include "service/roster/import.hpp"

#include "service/roster/run.hpp"

namespace handin::service {

task<Administered<RosterReport>> RosterImport::run(Operator by, std::filesystem::path zip,
                                                   RosterOptions options) {
    RosterRun run(store_, changer_, clock_, std::move(by), zip, std::move(options));
    co_return co_await run.run();
}

}  // namespace handin::service
