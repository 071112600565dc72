// Whether everything that is kept is sound, also while a server uses it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "app/data_folder.hpp"
#include "app/maintenance/progress.hpp"
#include "app/s3_settings.hpp"

namespace handin::app {

// One thing that is wrong.
struct Problem {
    std::string what;
    std::string submission;  // ids that it is about; empty: none, or not known
    std::string attachment;
};

// "submission 1b…, attachment 0c…: the bytes have been altered"
std::string line_of(const Problem& problem);

// Gets what is found, as it is found.
struct CheckOutput {
    std::function<void(const Problem&)> problem;
    // Bytes that no row names: of a submit that is under way, or for the collector. No error.
    std::function<void(const std::string& path)> unnamed;
    Progress* progress = nullptr;
};

struct CheckResult {
    std::uint64_t problems = 0;
    std::uint64_t submissions = 0;
    std::uint64_t attempts = 0;
    std::uint64_t attachments = 0;
    std::uint64_t events = 0;
    std::uint64_t receipts = 0;
    std::uint64_t files = 0;  // outside of the database
    std::uint64_t file_bytes = 0;
    std::uint64_t unnamed = 0;
};

// Blocks, for long; memory does not grow with what there is. `quick`: bytes are not read, only
// counted, and signatures not verified. Throws std::runtime_error with a sentence for the operator
// if it cannot be done. `s3`: how to reach a bucket, if the files are in one.
CheckResult check(const Places& places, bool quick, CheckOutput output, const S3Settings& s3 = {});

}  // namespace handin::app
