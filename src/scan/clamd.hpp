// ClamAV's daemon, asked over its socket with INSTREAM (clamd(8)): a connection a scan.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "scan/scanner.hpp"
#include "scan/slots.hpp"

namespace handin::scan {

struct ClamdOptions {
    std::string address;               // unix:/path of its LocalSocket, or HOST:PORT
    std::chrono::seconds timeout{30};  // for a scan, the wait for its turn included
    std::size_t connections = 8;       // at a time; clamd's MaxThreads is 10
};

class Clamd final : public Scanner {
 public:
    // Does not connect yet. Throws std::runtime_error for what is no address.
    explicit Clamd(const ClamdOptions& options);

    task<Verdict> scan(blob::Reader* bytes) override;

 private:
    std::string path_;  // of a unix socket; empty: over TCP
    std::string host_, port_;
    std::chrono::seconds timeout_;
    Slots slots_;
};

// What clamd answered: "stream: OK", "stream: NAME FOUND", "… ERROR".
Verdict read_answer(std::string_view text);

}  // namespace handin::scan
