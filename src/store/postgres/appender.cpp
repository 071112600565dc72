#include "store/postgres/appender.hpp"

#include "base/log.hpp"
#include "store/postgres/sequence.hpp"
#include "store/store.hpp"

namespace handin::store::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A process that dies or freezes is replaced after the life of its lease. Who reads events
// meanwhile appends what is missing (sequence.hpp).
constexpr milliseconds kLife{5000};
constexpr milliseconds kRenew{1000};
constexpr milliseconds kPause{10};  // between two rounds: an append for many commits
constexpr milliseconds kLook{200};  // at what other nodes have committed, and at the database

}  // namespace

Appender::Appender(Connector& connector, Leases& leases)
    : connector_(connector),
      leases_(leases),
      thread_([this](std::stop_token stop) { run(stop); }) {}

Appender::~Appender() {
    thread_.request_stop();
    thread_.join();
    if (epoch_) leases_.release(kAppendLease);
}

void Appender::wake() {
    {
        std::lock_guard lock(mutex_);
        if (work_) return;
        work_ = true;
    }
    woken_.notify_one();
}

void Appender::keep_lease() {
    if (steady_clock::now() < renew_at_) return;
    const auto before = epoch_;
    epoch_ = leases_.hold(kAppendLease, kLife);
    renew_at_ = steady_clock::now() + kRenew;
    if (epoch_ && epoch_ != before)
        log::info("appends events to the sequence from now on", {{"epoch", *epoch_}});
}

void Appender::append() {
    if (!db_ || era_ != connector_.era()) {
        db_.reset();
        era_ = connector_.era();
        db_ = connector_.connect();
    }
    if (!epoch_) return;
    for (;;) {
        const auto appended = append_as_holder(*db_, *epoch_);
        if (!appended) {
            log::warn("another process appends events to the sequence now");
            epoch_.reset();
            return;
        }
        if (*appended == 0) return;
    }
}

// A little at a time, between two rounds: nobody's events wait for it.
void Appender::trim() {
    if (!epoch_ || steady_clock::now() < trim_at_) return;
    if (!trim_.step(*db_)) trim_at_ = steady_clock::now() + BatchTrim::kEvery;
}

void Appender::run(std::stop_token stop) {
    while (!stop.stop_requested()) {
        try {
            keep_lease();
            append();
            trim();
        } catch (const Lost& error) {
            db_.reset();
            connector_.lost();
            log::warn("the database was lost", {{"reason", error.what()}});
        } catch (const std::exception& error) {  // Unavailable, or a rival: the next round
            log::debug("nothing was appended", {{"reason", error.what()}});
        }
        std::unique_lock lock(mutex_);
        woken_.wait_for(lock, stop, kLook, [this] { return work_; });
        work_ = false;
        lock.unlock();
        std::this_thread::sleep_for(kPause);
    }
}

}  // namespace handin::store::postgres
