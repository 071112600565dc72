#include "service/inspection.hpp"

#include <chrono>
#include <system_error>
#include <utility>

#include "base/log.hpp"
#include "service/committer.hpp"

namespace handin::service {
namespace {

using Kind = scan::Verdict::Kind;
using Result = domain::ScanResult;

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::clean:
            return "clean";
        case Kind::infected:
            return "infected";
        case Kind::too_large:
            return "too_large";
        case Kind::unavailable:
            break;
    }
    return "unavailable";
}

// Bytes of a row wait in memory anyway; those of a file take none before they are asked for, so
// that many files can wait for the scanner.
class StoredReader final : public blob::Reader {
 public:
    StoredReader(blob::BlobStore& blobs, const blob::Stored& stored)
        : blobs_(blobs), stored_(stored), row_(stored.row_bytes) {}

    task<std::string_view> next() override {
        if (stored_.in_row) co_return std::exchange(row_, {});
        if (!file_) file_ = co_await blobs_.open(stored_.storage_id, 0, stored_.size);
        co_return co_await file_->next();
    }

 private:
    blob::BlobStore& blobs_;
    const blob::Stored& stored_;
    std::string_view row_;
    std::unique_ptr<blob::Reader> file_;
};

}  // namespace

task<scan::Verdict> Inspection::scan(const blob::Stored* stored) {
    const auto begun = std::chrono::steady_clock::now();
    scan::Verdict verdict;
    try {
        StoredReader bytes(blobs_, *stored);
        verdict = co_await scanner_.scan(&bytes);
    } catch (const std::system_error& error) {
        verdict = {.kind = Kind::unavailable, .detail = error.what()};
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    if (observe_) observe_({name_of(verdict.kind), took.count()});
    co_return verdict;
}

task<void> Inspection::lock_away(const blob::Stored* stored, std::string signature,
                                 Suspect suspect) {
    log::warn("infected file", {{"request_id", suspect.request_id},
                                {"signature", signature},
                                {"storage_id", std::string_view(stored->storage_id.str())},
                                {"person_id", std::string_view(suspect.person_id.str())},
                                {"assignment_id", std::string_view(suspect.assignment_id.str())},
                                {"remote", suspect.client_ip}});
    try {
        StoredReader bytes(blobs_, *stored);
        co_await quarantine_.keep({.storage_id = stored->storage_id,
                                   .signature = std::move(signature),
                                   .title = std::move(suspect.title),
                                   .size = stored->size,
                                   .sha256 = stored->sha256,
                                   .found_at = clock_.now(),
                                   .account_id = suspect.account_id,
                                   .person_id = suspect.person_id,
                                   .assignment_id = suspect.assignment_id,
                                   .request_id = std::move(suspect.request_id),
                                   .client_ip = std::move(suspect.client_ip)},
                                  &bytes);
    } catch (const std::system_error& error) {
        // It is refused all the same.
        log::error("an infected file could not be kept", {{"reason", error.what()}});
    }
}

task<Result> Inspection::inspect(const blob::Stored* stored, Suspect suspect) {
    const auto verdict = co_await scan(stored);
    if (verdict.kind == Kind::infected) {
        co_await lock_away(stored, verdict.detail, std::move(suspect));
        co_return Result{.kind = Result::Kind::infected, .signature = verdict.detail};
    }
    if (verdict.kind == Kind::clean) co_return Result{};
    if (policy_ == WithoutScanner::accept) {
        log::warn("taken without a virus scan", {{"request_id", suspect.request_id},
                                                 {"result", name_of(verdict.kind)},
                                                 {"reason", verdict.detail}});
        co_return Result{};
    }
    if (verdict.kind == Kind::too_large)
        co_return Result{.kind = Result::Kind::too_large, .signature = {}};
    log::warn("no virus scan, so nothing is taken",
              {{"request_id", suspect.request_id}, {"reason", verdict.detail}});
    throw Overloaded("no virus scan: " + verdict.detail);
}

}  // namespace handin::service
