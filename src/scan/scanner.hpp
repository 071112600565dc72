// Whether bytes carry something that nobody wants to open: the port. The engine is Clamd.
#pragma once

#include <string>

#include "base/task.hpp"
#include "blob/blob.hpp"

namespace handin::scan {

struct Verdict {
    enum class Kind {
        clean,
        infected,
        too_large,    // for the scanner's own limit: it has not looked at all of them
        unavailable,  // the scanner is down, too slow or confused
    };
    Kind kind = Kind::unavailable;
    std::string detail;  // infected: what was found; unavailable: why
};

class Scanner {
 public:
    virtual ~Scanner() = default;
    // Reads the bytes, in constant memory. Throws only what reading them throws.
    virtual task<Verdict> scan(blob::Reader* bytes) = 0;
};

}  // namespace handin::scan
