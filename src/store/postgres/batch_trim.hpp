// Forgets commits that nobody can be in doubt about any more. Rows of batches with events stay:
// they are where those have their places in the sequence.
#pragma once

#include <chrono>

#include "store/postgres/connection.hpp"

namespace handin::store::postgres {

class BatchTrim {
 public:
    // A writer asks within seconds what has become of its commit (writer.cpp), and what it leaves
    // behind keeps only a commit from taking effect that is on its way. An id has its writer's
    // clock: that of a node may be wrong by nearly as much, against the database's.
    static constexpr std::chrono::hours kKeep{24};
    static constexpr std::chrono::hours kEvery{1};

    // Looks at a few thousand batches, from where it was the last time. False: at all that are old
    // enough. Blocks. Throws Lost, Refused.
    bool step(Connection& db);

 private:
    Uuid after_;
};

}  // namespace handin::store::postgres
