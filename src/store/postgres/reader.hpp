#pragma once

#include <memory>

#include "store/postgres/admin_reader.hpp"
#include "store/postgres/connector.hpp"
#include "store/postgres/roster_watch.hpp"
#include "store/reader.hpp"

namespace handin::store::postgres {

// What the readers of a store share.
struct ReadTools {
    Connector& connector;
    RowCache& cache;
    RosterWatch& watch;
};

// Answers from the rows that are kept in memory and, in a read-only transaction that begins with
// the first other question, from the database. Throws Unavailable. Not shared between threads.
class PostgresReader final : public Reader {
 public:
    explicit PostgresReader(ReadTools tools) : tools_(tools) {}

    // Thrown instead of asking the database, by a reader that is told to answer from memory.
    struct Miss {};
    void only_from_memory() { only_memory_ = true; }

    // One snapshot for everything asked in between: of the roster as it is now or later, of the
    // rest from the first question about it on.
    void begin();
    void end();

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
    Generation roster();  // to ask the cache with
    Rows ask(const char* sql, const Parameters& parameters = {});
    Rows ask_first(const char* sql, const Parameters& parameters);
    void connect();
    void begin_with_all_events();
    std::vector<domain::Attempt> find_attempts(std::span<const Uuid> ids);
    template <class Row, class Key>
    std::optional<Row> one(const char* sql, const Key& key, Row (*read)(Rows&));

    ReadTools tools_;
    std::unique_ptr<Connection> db_;
    std::uint64_t era_ = 0;  // the connector's when db_ was made
    bool open_ = false;      // a transaction is
    Generation roster_ = 0;  // 0: not known yet
    bool only_memory_ = false;
    PostgresAdminReader administration_{
        [this](const char* sql, const Parameters& parameters) { return ask(sql, parameters); }};
};

}  // namespace handin::store::postgres
