// OneRoster 1.1 and 1.2 CSV comes in: departments, classes, people and who is in which class
// (docs/roster.md). The same files again change nothing. Rows that are wrong are reported, the
// others are taken, a chunk a transaction; after a failure the import is simply repeated.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "service/administration/changer.hpp"
#include "service/roster/report.hpp"

namespace handin::service {

struct RosterOptions {
    bool dry_run = false;
    std::optional<std::string> account = {};  // id; nothing: the only one
    std::string school = {};                  // name of a new account, if there is none yet
    // A full file may take more people out of their classes than it leaves in them.
    bool remove_many = false;
};

class RosterImport {
 public:
    // All outlive it.
    RosterImport(store::Store& store, Committer& committer, const Clock& clock)
        : store_(store), clock_(clock), changer_(store, committer, clock) {}

    // Memory: a chunk of rows, the files' departments and courses, 16 bytes for each person and
    // class, and for each enrollment of a full file. Throws TryLater.
    task<Administered<RosterReport>> run(Operator by, std::filesystem::path zip,
                                         RosterOptions options);

 private:
    store::Store& store_;
    const Clock& clock_;
    Changer changer_;
};

}  // namespace handin::service
