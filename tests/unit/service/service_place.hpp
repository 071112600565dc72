// All use cases over a real SQLite store and a real folder, in a place that goes with it.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/pool.hpp"
#include "blob/local/local_store.hpp"
#include "service/access.hpp"
#include "service/committer.hpp"
#include "service/coursework.hpp"
#include "service/intake.hpp"
#include "service/marking.hpp"
#include "service/sign_in.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "support/commands.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

namespace handin::test {

// Passes everything on to another store; its commits can be told to fail.
class FaultyStore final : public store::Store {
 public:
    explicit FaultyStore(store::Store& store) : store_(store) {}

    std::function<void()> on_commit = [] {};
    std::atomic<bool> in_doubt = false;

    std::unique_ptr<store::Writer> writer() override {
        return std::make_unique<FaultyWriter>(*this, store_.writer());
    }
    task<void> read(std::function<void(store::Reader&)> work) override {
        return store_.read(std::move(work));
    }
    task<void> read_long(std::function<void(store::Reader&)> work) override {
        return store_.read_long(std::move(work));
    }
    void read_now(const std::function<void(store::Reader&)>& work) override {
        store_.read_now(work);
    }
    bool writable() const override { return !in_doubt && store_.writable(); }

 private:
    class FaultyWriter final : public store::Writer {
     public:
        FaultyWriter(FaultyStore& store, std::unique_ptr<store::Writer> writer)
            : store_(store), writer_(std::move(writer)) {}
        void load(const domain::Keys& keys, domain::State& state) override {
            writer_->load(keys, state);
        }
        void commit(std::span<const domain::Changes* const> changes) override {
            store_.on_commit();
            writer_->commit(changes);
        }
        void abandon() noexcept override { writer_->abandon(); }

     private:
        FaultyStore& store_;
        std::unique_ptr<store::Writer> writer_;
    };

    store::Store& store_;
};

class ServicePlace {
    TemporaryFolder folder_;
    Pool pool_{4};
    store::sqlite::SqliteStore sqlite_{folder_.path() / "handin.db", &pool_};

 public:
    // Writes the school; to be called before anything else.
    void open(service::CommitterLimits limits = {}) {
        const domain::Changes* const all[] = {&school.rows};
        sqlite_.writer()->commit(all);
        committer.emplace(store, clock, limits);
        coursework.emplace(store, blobs, pseudonyms, clock);
        intake.emplace(store, blobs, *committer, clock);
        marking.emplace(store, blobs, *committer, pseudonyms, clock);
    }

    // Files in the folder, once the threads for files are idle.
    std::size_t files() {
        pool_.drain();
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(blob_folder()))
            if (!entry.is_directory()) ++count;
        return count;
    }

    std::vector<store::StoredEvent> events() {
        std::vector<store::StoredEvent> found;
        store.read_now([&](store::Reader& reader) { found = reader.events(0, 100'000); });
        return found;
    }

    std::filesystem::path blob_folder() const { return folder_.path() / "files"; }

    School school;
    FakeClock clock;
    FaultyStore store{sqlite_};
    blob::LocalStore blobs{blob_folder(), pool_};
    service::Pseudonyms pseudonyms{"secret"};
    std::optional<service::Committer> committer;
    std::optional<service::Coursework> coursework;
    std::optional<service::Intake> intake;
    std::optional<service::Marking> marking;
};

// An attachment as a client sends it.
struct Sent {
    domain::AttachmentKind kind = domain::AttachmentKind::file;
    std::string bytes;  // of a file or a text
    std::string url;    // of a link
    std::string title = "title";
};

inline Sent sent_file(std::string bytes) {
    return {domain::AttachmentKind::file, std::move(bytes), ""};
}
inline Sent sent_text(std::string bytes) {
    return {domain::AttachmentKind::text, std::move(bytes), ""};
}
inline Sent sent_link(std::string url) {
    return {domain::AttachmentKind::link, "", std::move(url)};
}

using HandedIn = std::expected<service::Accepted, domain::Refusals>;

struct Order {
    Uuid person;
    std::vector<Sent> attachments;
    std::optional<domain::ReplayKey> key = {};
    std::optional<Uuid> assignment = {};
    std::size_t piece = 1000;  // bytes of a write
};

inline task<HandedIn> hand_in_task(ServicePlace* place, Order order) {
    service::Handin handin;
    handin.origin = domain::Origin::edlink;
    handin.class_id = place->school.class_id;
    handin.assignment_id = order.assignment.value_or(place->school.assignment_id);
    handin.received_at = place->clock.now();
    handin.replay_key = order.key;
    handin.request = request_facts();
    for (const auto& sent : order.attachments) {
        auto& incoming = handin.attachments.emplace_back(place->intake->incoming());
        // As in JSON, bytes may come before it is known what they are.
        for (std::size_t at = 0; at < sent.bytes.size(); at += order.piece)
            co_await incoming.write(std::string_view(sent.bytes).substr(at, order.piece));
        incoming.kind = sent.kind;
        incoming.title = sent.title;
        incoming.url = sent.url;
    }
    co_return co_await place->intake->submit(place->school.actor(order.person), std::move(handin));
}

inline HandedIn hand_in(ServicePlace& place, Order order) {
    return run(hand_in_task(&place, std::move(order)));
}

inline HandedIn take_back(ServicePlace& place, const Uuid& person,
                          std::optional<domain::ReplayKey> key = {}) {
    return run(place.intake->reclaim(place.school.actor(person),
                                     {.origin = domain::Origin::edlink,
                                      .class_id = place.school.class_id,
                                      .assignment_id = place.school.assignment_id,
                                      .received_at = place.clock.now(),
                                      .replay_key = key,
                                      .request = request_facts()}));
}

}  // namespace handin::test
