#include "service/upload_sweeper.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <exception>

#include "base/log.hpp"
#include "service/uploads.hpp"

namespace handin::service {
namespace {

// Of several processes one sweeps; if it goes, another does after so long.
constexpr const char* kLease = "sweep uploads";
constexpr std::chrono::milliseconds kLeaseLife = std::chrono::seconds(90);

}  // namespace

UploadSweeper::UploadSweeper(store::Store& store, blob::BlobStore& blobs, Committer& committer,
                             const Clock& clock, SweepPace pace)
    : store_(store),
      blobs_(blobs),
      committer_(committer),
      clock_(clock),
      pace_(pace),
      timer_(io_.get_executor()),
      thread_([this] {
          asio::co_spawn(io_, run(), asio::detached);
          io_.run();
      }) {}

UploadSweeper::~UploadSweeper() {
    asio::post(io_, [this] {
        stopping_ = true;
        timer_.cancel();
    });
    thread_.join();
    committer_.await_woken();
}

task<void> UploadSweeper::wait(std::chrono::milliseconds time) {
    if (stopping_) co_return;
    timer_.expires_after(time);
    co_await timer_.async_wait(asio::as_tuple(use_task));
}

task<void> UploadSweeper::run() {
    bool begun = false;
    while (!stopping_) {
        auto rest = pace_.pause;
        try {
            if (!std::exchange(begun, true)) remove_strays();
            if (!store::holds(store_.leases(), kLease, kLeaseLife))
                rest = pace_.idle;
            else if (committer_.waiting() == 0 && co_await sweep() == 0)
                rest = pace_.idle;
        } catch (const std::exception& error) {
            log::warn("uploads were not swept", {{"reason", error.what()}});
            rest = pace_.idle;
        }
        co_await wait(rest);
    }
}

task<std::size_t> UploadSweeper::sweep() {
    std::vector<Uuid> ids;
    store_.read_now(
        [&](store::Reader& reader) { ids = reader.expired_uploads(clock_.now(), pace_.batch); });
    if (ids.empty()) co_return 0;
    const auto outcome =
        co_await committer_.execute(domain::ExpireUploads{.upload_ids = std::move(ids)});
    if (!outcome) co_return 0;
    const auto& removed = outcome->changes.removed_uploads;
    remove_bytes(blobs_, removed);
    log::info("forgot uploads that have expired", {{"uploads", std::uint64_t{removed.size()}}});
    co_return removed.size();
}

// Partial files whose rows went in a run that ended before their bytes did.
void UploadSweeper::remove_strays() {
    for (const auto& id : blobs_.partials()->list()) {
        bool known = false;
        store_.read_now([&](store::Reader& reader) { known = reader.upload(id).has_value(); });
        if (!known) blobs_.partials()->remove(id);
    }
}

}  // namespace handin::service
