// What a virus scanner says of bytes that are complete, before anything names them.
#pragma once

#include <functional>
#include <string_view>

#include "base/time.hpp"
#include "blob/upload.hpp"
#include "domain/command.hpp"
#include "scan/quarantine.hpp"
#include "scan/scanner.hpp"

namespace handin::service {

// One scan, for /metrics.
struct ScanSeen {
    std::string_view result;  // clean, infected, too_large or unavailable
    double seconds;
};

// Who handed it in, and where: for the quarantine and the log.
struct Suspect {
    Uuid account_id, person_id, assignment_id;
    std::string title;
    std::string request_id;
    std::string client_ip;
};

class Inspection {
 public:
    enum class WithoutScanner { refuse, accept };

    // All outlive it.
    Inspection(scan::Scanner& scanner, scan::Quarantine& quarantine, blob::BlobStore& blobs,
               const Clock& clock, WithoutScanner policy,
               std::function<void(const ScanSeen&)> observe = {})
        : scanner_(scanner),
          quarantine_(quarantine),
          blobs_(blobs),
          clock_(clock),
          policy_(policy),
          observe_(std::move(observe)) {}

    // Of finished bytes, in the store or in `stored` itself, which the caller keeps. What is
    // infected is in quarantine when this returns. Throws Overloaded if there is no scanner now and
    // they may not go without.
    task<domain::ScanResult> inspect(const blob::Stored* stored, Suspect suspect);

 private:
    task<scan::Verdict> scan(const blob::Stored* stored);
    task<void> lock_away(const blob::Stored* stored, std::string signature, Suspect suspect);

    scan::Scanner& scanner_;
    scan::Quarantine& quarantine_;
    blob::BlobStore& blobs_;
    const Clock& clock_;
    WithoutScanner policy_;
    std::function<void(const ScanSeen&)> observe_;
};

}  // namespace handin::service
