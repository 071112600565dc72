#include "service/committer.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/log.hpp"

namespace handin::service {
namespace {

constexpr int kLoadRounds = 3;   // a command that still needs keys after that is a bug
constexpr int kDecisions = 100;  // of a command that rivals outdate again and again

std::size_t bytes_of(const std::vector<domain::LastWork>& works) {
    std::size_t bytes = 0;
    for (const auto& work : works)
        bytes += sizeof work + work.text.value_or("").size() + work.url.value_or("").size();
    return bytes;
}

std::size_t bytes_of(const domain::Command& command) {
    std::size_t bytes = sizeof(domain::Command);
    if (const auto* mark = std::get_if<domain::MarkSubmission>(&command)) {
        bytes += bytes_of(mark->last_work);
        if (mark->comment) bytes += mark->comment->text.size();
        if (mark->grade) bytes += mark->grade->text.size();
    }
    if (const auto* said = std::get_if<domain::CommentOnSubmission>(&command))
        bytes += bytes_of(said->last_work) + said->comment.text.size();
    if (const auto* submit = std::get_if<domain::Submit>(&command))
        for (const auto& item : submit->attachments)
            bytes += sizeof item + item.row_bytes.size() + item.text_start.size();
    if (const auto* create = std::get_if<domain::CreateUpload>(&command))
        bytes += create->row_bytes.size();
    if (const auto* create = std::get_if<domain::CreateUploads>(&command))
        for (const auto& one : create->uploads)
            bytes += sizeof one + one.row_bytes.size();
    return bytes;
}

}  // namespace

Committer::Committer(store::Store& store, const Clock& clock, CommitterLimits limits,
                     std::function<void(const BatchSeen&)> observe, Seal seal)
    : store_(store),
      clock_(clock),
      limits_(limits),
      observe_(std::move(observe)),
      seal_(std::move(seal)),
      rivals_(store.writers() > 1),
      settler_([this] { settle_all(); }) {
    for (std::size_t i = 0; i < store.writers(); ++i)
        writers_.emplace_back([this] { run(); });
}

Committer::~Committer() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    ready_.notify_all();
}

std::size_t Committer::waiting() const {
    std::lock_guard lock(mutex_);
    return parked_.size();
}

bool Committer::has_room() const {
    return waiting() < limits_.waiting;
}

bool Committer::park(Waiter& waiter) {
    {
        std::lock_guard lock(mutex_);
        // Requests already past has_room() still get in; this bound is for when very many are.
        if (stopping_ || parked_.size() >= 2 * limits_.waiting) return false;
        parked_.push_back(&waiter);
    }
    ready_.notify_one();
    return true;
}

// The command and its waiter live in the caller's coroutine frame, which is not resumed before the
// batch is done: a client that goes away destroys neither.
task<Committer::Outcome> Committer::execute(domain::Command command) {
    Waiter waiter{.command = &command,
                  .home = co_await asio::this_coro::executor,
                  .resume = {},
                  .outcome = {},
                  .failure = {},
                  .bytes = bytes_of(command)};
    auto start = [this, &waiter](auto resume) {
        waiter.resume = std::move(resume);
        if (park(waiter)) return;
        waiter.failure = std::make_exception_ptr(Overloaded("too many commands are waiting"));
        asio::post(waiter.home, std::move(waiter.resume));
    };
    co_await asio::async_initiate<const use_task_t, void()>(std::move(start), use_task);
    if (waiter.failure) std::rethrow_exception(waiter.failure);
    co_return std::move(*waiter.outcome);
}

std::vector<Committer::Waiter*> Committer::take_batch() {
    std::unique_lock lock(mutex_);
    // While two batches are on their way there is no hurry: what waits longer becomes a larger
    // batch, which costs less.
    ready_.wait(lock, [this] { return !unsettled_ && (stopping_ || !parked_.empty()); });
    std::size_t count = 0;
    std::size_t bytes = 0;
    while (count < parked_.size() && count < limits_.batch_commands) {
        bytes += parked_[count]->bytes;
        if (count > 0 && bytes > limits_.batch_bytes) break;
        ++count;
    }
    if (count == parked_.size()) return std::exchange(parked_, {});
    const auto end = parked_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<Waiter*> batch(parked_.begin(), end);
    parked_.erase(parked_.begin(), end);
    return batch;
}

void Committer::run() {
    const auto writer = store_.writer();
    for (;;) {
        auto batch = take_batch();
        if (batch.empty()) break;  // only when stopping
        const auto begun = std::chrono::steady_clock::now();
        commit(*writer, batch);
        if (rivals_)  // each waits for its own: the others go on meanwhile
            settle({std::move(batch), begun});
        else
            hand_over({std::move(batch), begun});
    }
    std::lock_guard lock(mutex_);
    written_all_ = true;
    written_.notify_one();
}

void Committer::hand_over(Batch batch) {
    {
        std::lock_guard lock(mutex_);
        unsettled_ = std::move(batch);
    }
    written_.notify_one();
}

void Committer::settle_all() {
    for (;;) {
        Batch batch;
        {
            std::unique_lock lock(mutex_);
            written_.wait(lock, [this] { return unsettled_ || written_all_; });
            if (!unsettled_) return;
            batch = *std::exchange(unsettled_, std::nullopt);
        }
        ready_.notify_one();
        settle(batch);
    }
}

void Committer::settle(const Batch& batch) {
    try {
        store_.sync();
    } catch (const std::exception& error) {
        fail(batch.waiters, error.what(), std::make_exception_ptr(InDoubt(error.what())));
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - batch.begun;
    if (observe_) observe_({batch.waiters.size(), took.count()});
    wake(batch.waiters);
}

void Committer::decide_all(store::Writer& writer, const std::vector<Waiter*>& batch) {
    domain::State state;
    for (int round = 0;; ++round) {
        domain::Keys keys;
        for (const auto* waiter : batch)
            domain::add_keys(*waiter->command, state, keys);
        if (keys.empty()) break;
        if (round == kLoadRounds) throw std::logic_error("a command never has all its keys");
        writer.load(keys, state);
    }
    const auto now = clock_.now();
    for (auto* waiter : batch) {
        if (rivals_) {  // a decision takes what it can out of the command
            auto command = *waiter->command;
            waiter->outcome = domain::decide(state, command, now);
        } else {
            waiter->outcome = domain::decide(state, *waiter->command, now);
        }
        if (*waiter->outcome) domain::apply((*waiter->outcome)->changes, state);
    }
}

// Writes what was accepted. Those that rivals have outdated come back, to be decided again.
std::vector<Committer::Waiter*> Committer::write(store::Writer& writer,
                                                 std::vector<Waiter*> accepted) {
    std::vector<Waiter*> outdated;
    while (!accepted.empty()) {
        std::vector<domain::Changes*> changes;
        changes.reserve(accepted.size() + 1);
        for (auto* waiter : accepted)
            changes.push_back(&(*waiter->outcome)->changes);
        domain::Changes receipts;
        if (seal_)
            if (auto sealed = seal_(changes)) {
                receipts.receipt_batches.push_back(std::move(*sealed));
                changes.push_back(&receipts);
            }
        try {
            writer.commit_ahead(
                std::vector<const domain::Changes*>(changes.begin(), changes.end()));
            return outdated;
        } catch (const store::Outdated& error) {
            for (const auto index : error.lost)
                if (index < accepted.size())
                    outdated.push_back(std::exchange(accepted[index], nullptr));
            std::erase(accepted, nullptr);
        }
    }
    writer.abandon();
    return outdated;
}

void Committer::commit(store::Writer& writer, const std::vector<Waiter*>& batch) {
    auto open = batch;
    bool writing = false;  // until then nothing can have happened
    try {
        for (int decisions = 0; !open.empty(); ++decisions) {
            if (decisions == kDecisions) throw store::Unavailable("others are always faster");
            writing = false;
            decide_all(writer, open);
            std::vector<Waiter*> accepted;
            accepted.reserve(open.size());
            for (auto* waiter : open)
                if (*waiter->outcome && !(*waiter->outcome)->repeated &&
                    !(*waiter->outcome)->unchanged)
                    accepted.push_back(waiter);
            if (accepted.empty()) return writer.abandon();
            writing = true;
            const auto outdated = write(writer, accepted);
            if (outdated.empty()) return;
            // What was refused, is a repeat or changes nothing may rest on one that does not hold.
            std::erase_if(open, [&](Waiter* waiter) {
                return std::ranges::count(accepted, waiter) > 0 &&
                       std::ranges::count(outdated, waiter) == 0;
            });
        }
    } catch (const store::Unavailable& error) {
        // Where there are rivals there is a server, which has more ways to be unavailable.
        fail(open, error.what(),
             rivals_ ? std::make_exception_ptr(Overloaded(error.what()))
                     : std::make_exception_ptr(NoRoom(error.what())));
        writer.abandon();
    } catch (const std::exception& error) {
        fail(open, error.what(),
             writing ? std::make_exception_ptr(InDoubt(error.what()))
                     : std::make_exception_ptr(Overloaded(error.what())));
        writer.abandon();
    }
}

void Committer::fail(const std::vector<Waiter*>& batch, std::string_view error,
                     const std::exception_ptr& failure) {
    log::error("a batch could not be committed",
               {{"error", error}, {"commands", std::uint64_t{batch.size()}}});
    for (auto* waiter : batch)
        if (!waiter->failure) waiter->failure = failure;
}

// One post an io thread, not one a waiter.
void Committer::wake(const std::vector<Waiter*>& batch) {
    std::vector<std::pair<Executor, std::vector<std::move_only_function<void()>>>> homes;
    for (auto* waiter : batch) {
        auto home = std::ranges::find(homes, waiter->home, [](const auto& h) { return h.first; });
        if (home == homes.end()) {
            homes.emplace_back(waiter->home, std::vector<std::move_only_function<void()>>());
            home = std::prev(homes.end());
        }
        home->second.push_back(std::move(waiter->resume));
    }
    const std::lock_guard lock(waking_);
    for (auto& [home, resumes] : homes)
        asio::post(home, [resumes = std::move(resumes)]() mutable {
            for (auto& resume : resumes)
                resume();
        });
}

}  // namespace handin::service
