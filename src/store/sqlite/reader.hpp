#pragma once

#include <filesystem>

#include "store/reader.hpp"
#include "store/row_cache.hpp"
#include "store/sqlite/admin_reader.hpp"
#include "store/sqlite/log_sync.hpp"
#include "store/sqlite/snapshot.hpp"

namespace handin::store::sqlite {

// Answers on read-only connections of its own. In WAL mode it never waits for the writer.
class SqliteReader final : public Reader {
 public:
    // `cache` and `log` outlive it.
    SqliteReader(const std::filesystem::path& file, RowCache& cache, const LogSync& log);

    // Everything asked from here on is answered from one snapshot: of the roster as it is now or
    // later, of the rest as it is at the first question about it or later.
    void begin() {
        generation_ = cache_.generation;
        has_looked_ = false;
    }
    // Since begin(), something was asked that a commit may just have changed.
    bool has_looked() const { return has_looked_; }
    // Lets go of the snapshots: the log cannot start again before.
    void release() noexcept {
        now_.end();
        roster_.end();
    }

    std::optional<Bearer> bearer(const Digest256& token_hash) override;
    std::optional<domain::Token> token(const Digest256& hash) override;
    std::optional<domain::Integration> client(const std::string& client_id) override;
    bool has_account() override;
    bool has_token(domain::Token::Kind kind) override;
    std::optional<domain::Account> account(const Uuid& id) override;
    std::optional<domain::Person> person(const Uuid& id) override;
    domain::Affiliation affiliation(const Uuid& person_id) override;
    std::optional<domain::Class> klass(const Uuid& id) override;
    std::optional<domain::Membership> membership(const Uuid& class_id,
                                                 const Uuid& person_id) override;
    std::vector<domain::Class> classes_of(const Uuid& person_id, const Page& page) override;
    std::vector<ClassMember> students(const Uuid& class_id, const Page& page) override;
    std::optional<domain::Group> group(const Uuid& set_id, const Uuid& person_id) override;
    std::vector<Uuid> participants(const Uuid& assignment_id, const Page& page) override;
    std::optional<domain::Assignment> any_assignment(const Uuid& id) override;
    std::vector<domain::Assignment> assignments(const Uuid& class_id, const Page& page) override;
    std::vector<domain::Grant> grants_of(const Uuid& holder_id) override;
    std::optional<domain::Submission> submission(const Uuid& id) override;
    std::vector<domain::Attempt> attempts(std::span<const Uuid> ids) override;
    std::optional<domain::Attempt> attempt(const Uuid& id) override;
    std::optional<domain::Attempt> attempt_of(const Uuid& attachment_id) override;
    std::vector<domain::Comment> comments(std::span<const Uuid> ids) override;
    std::string row_bytes(const Uuid& storage_id) override;
    std::optional<domain::ReceiptBatch> receipt_batch(const Uuid& id) override;
    std::optional<domain::Upload> upload(const Uuid& id) override;
    std::optional<domain::UploadUsage> upload_usage(const Uuid& owner_id) override;
    std::vector<Uuid> expired_uploads(Time now, std::size_t limit) override;
    std::vector<Uuid> unnamed_files(std::span<const Uuid> storage_ids) override;
    std::vector<StoredEvent> events(std::int64_t after, std::size_t limit) override;
    std::int64_t last_sequence() override;
    AdminReader& administration() override { return administration_; }
    std::optional<std::string> setting(std::string_view name) override;

 private:
    Connection& now() {
        if (!has_looked_ && !now_.is_of(log_.seen())) now_.begin(log_.ended());
        has_looked_ = true;
        return now_.connection();
    }
    Connection& roster() {
        if (!roster_.is_of(generation_)) roster_.begin(generation_);
        return roster_.connection();
    }

    // Both stay open as long as they show what there is, since every commit of anything empties the
    // page cache of a transaction that begins after it, and to begin one takes locks that all
    // readers and the writer share. `now_` is marked with the commits that had ended when it was
    // begun: it shows what there is until another begins. `roster_` survives those of other rows:
    // in a surge, looking up who it is that hands in was a sixth of the server's work.
    Snapshot now_;
    Snapshot roster_;
    RowCache& cache_;
    const LogSync& log_;
    Generation generation_ = 0;
    bool has_looked_ = false;
    SqliteAdminReader administration_{[this]() -> Connection& { return now(); },
                                      [this] { return generation_; }};
};

}  // namespace handin::store::sqlite
