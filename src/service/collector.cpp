#include "service/collector.hpp"

#include <pthread.h>

#include <algorithm>

#include "base/log.hpp"

namespace handin::service {
namespace {

constexpr std::chrono::milliseconds kFirst = std::chrono::minutes(1);  // recovery comes first
constexpr std::chrono::milliseconds kRest{100};  // before looking again whether commits wait
// Of several processes one collects. Asked before each file is removed, so that one that was frozen
// does not go on beside its successor.
constexpr const char* kLease = "collect files";
constexpr std::chrono::milliseconds kLeaseLife = std::chrono::minutes(5);

}  // namespace

Collector::Collector(store::Store& store, blob::BlobStore& blobs, const Clock& clock,
                     std::function<bool()> busy, CollectorOptions options)
    : store_(store),
      blobs_(blobs),
      clock_(clock),
      busy_(std::move(busy)),
      options_(options),
      thread_([this](const std::stop_token& stop) { run(stop); }) {
    pthread_setname_np(thread_.native_handle(), "collector");
}

Collector::~Collector() {
    thread_.request_stop();
}

void Collector::run(const std::stop_token& stop) {
    sleep(stop, std::min(kFirst, options_.every));
    while (!stop.stop_requested()) {
        try {
            const auto begun = std::chrono::steady_clock::now();
            const auto swept = sweep(stop);
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
            ++sweeps_;
            log::info("swept the files", {{"seen", swept.seen},
                                          {"removed", swept.removed},
                                          {"finished", swept.finished},
                                          {"seconds", took.count()}});
        } catch (const std::exception& error) {  // the next one may do better
            log::error("the files could not be swept", {{"error", error.what()}});
        }
        sleep(stop, options_.every);
    }
}

// From the oldest file to the youngest, a batch at a time, so that memory is bounded and a batch's
// files are neighbours in time.
Sweep Collector::sweep(const std::stop_token& stop) {
    Sweep swept;
    const auto before = clock_.now() - options_.age;
    std::optional<Uuid> after;
    while (may_go_on(stop)) {
        const auto ids = oldest(before, after);
        if (ids.empty() || !may_go_on(stop)) {
            swept.finished = ids.empty();
            return swept;
        }
        swept.seen += ids.size();
        for (const auto& id : unnamed(ids)) {
            if (!may_go_on(stop)) return swept;
            blobs_.remove(id);
            log::info("removed a file that nothing names", {{"storage_id", id.str()}});
            ++swept.removed;
            ++removed_;
            sleep(stop, options_.pause);
        }
        after = ids.back();
    }
    return swept;
}

// Of the files that come after `after`, sorted.
std::vector<Uuid> Collector::oldest(Time before, const std::optional<Uuid>& after) {
    std::vector<Uuid> ids;  // a heap: the youngest goes when there is an older one
    blobs_.list_older(before, [&](const Uuid& id) {
        if (after && id <= *after) return;
        if (ids.size() == options_.batch) {
            if (id > ids.front()) return;
            std::ranges::pop_heap(ids);
            ids.pop_back();
        }
        ids.push_back(id);
        std::ranges::push_heap(ids);
    });
    std::ranges::sort_heap(ids);
    return ids;
}

std::vector<Uuid> Collector::unnamed(const std::vector<Uuid>& ids) {
    std::vector<Uuid> found;
    store_.read_now([&](store::Reader& reader) { found = reader.unnamed_files(ids); });
    return found;
}

// Waits as long as commits do. While the outcome of a commit is in doubt nothing is removed,
// however old: readers do not see its rows, and the next start may find them in the log.
bool Collector::may_go_on(const std::stop_token& stop) {
    while (!stop.stop_requested() && busy_())
        sleep(stop, kRest);
    return !stop.stop_requested() && store_.writable() &&
           store::holds(store_.leases(), kLease, kLeaseLife);
}

void Collector::sleep(const std::stop_token& stop, std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    never_.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace handin::service
