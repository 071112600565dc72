// The questions that are asked of the store. They block: for well under a millisecond but for the
// lists and events(), which Store::read_long is for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/access.hpp"
#include "domain/comment.hpp"
#include "domain/coursework.hpp"
#include "domain/event.hpp"
#include "domain/groups.hpp"
#include "domain/roster.hpp"
#include "domain/upload.hpp"
#include "store/admin_reader.hpp"

namespace handin::store {

// Part of a list in the order of its ids: what comes after `after`, `limit` rows at most.
struct Page {
    std::optional<Uuid> after;
    std::size_t limit = 0;
};

// A token with what a request must know of its owner.
struct Bearer {
    domain::Token token;
    std::optional<domain::Integration> integration;  // of the token, if it has one
};

struct ClassMember {
    Uuid person_id;
    domain::Membership membership;
};

struct StoredEvent {
    std::int64_t sequence = 0;
    domain::Event event;
    std::string trouble =
        {};  // why it cannot be read, as when a newer binary wrote it; then no event
};

class Reader {
 public:
    virtual ~Reader() = default;

    virtual std::optional<Bearer> bearer(const Digest256& token_hash) = 0;
    virtual std::optional<domain::Token> token(const Digest256& hash) = 0;
    virtual std::optional<domain::Integration> client(const std::string& client_id) = 0;
    // Whether there is any account yet.
    virtual bool has_account() = 0;
    // Whether there is any token of that kind yet.
    virtual bool has_token(domain::Token::Kind kind) = 0;
    virtual std::optional<domain::Account> account(const Uuid& id) = 0;
    virtual std::optional<domain::Person> person(const Uuid& id) = 0;
    // The roles that the person has anywhere, and the departments of their classes.
    virtual domain::Affiliation affiliation(const Uuid& person_id) = 0;
    virtual std::optional<domain::Class> klass(const Uuid& id) = 0;
    virtual std::optional<domain::Membership> membership(const Uuid& class_id,
                                                         const Uuid& person_id) = 0;
    // The classes in which the person has any role.
    virtual std::vector<domain::Class> classes_of(const Uuid& person_id, const Page& page) = 0;
    // The students of a class, by person id.
    virtual std::vector<ClassMember> students(const Uuid& class_id, const Page& page) = 0;
    // The group of a set that somebody is in.
    virtual std::optional<domain::Group> group(const Uuid& set_id, const Uuid& person_id) = 0;
    // Those who have handed in for an assignment without being students of the class, by person id.
    virtual std::vector<Uuid> participants(const Uuid& assignment_id, const Page& page) = 0;
    // Also one that was taken away: what was handed in for it stays.
    virtual std::optional<domain::Assignment> any_assignment(const Uuid& id) = 0;
    // Neither of these knows what was taken away.
    std::optional<domain::Assignment> assignment(const Uuid& id) {
        auto found = any_assignment(id);
        return found && found->deleted_at ? std::nullopt : std::move(found);
    }
    virtual std::vector<domain::Assignment> assignments(const Uuid& class_id, const Page& page) = 0;

    // What was granted, or denied, to a person, an API user or an integration.
    virtual std::vector<domain::Grant> grants_of(const Uuid& holder_id) = 0;
    virtual std::optional<domain::Submission> submission(const Uuid& id) = 0;
    // With their attachments, in the order asked for.
    virtual std::vector<domain::Attempt> attempts(std::span<const Uuid> ids) = 0;
    virtual std::optional<domain::Attempt> attempt(const Uuid& id) = 0;
    // The attempt that an attachment belongs to.
    virtual std::optional<domain::Attempt> attempt_of(const Uuid& attachment_id) = 0;
    // In the order asked for.
    virtual std::vector<domain::Comment> comments(std::span<const Uuid> ids) = 0;
    // The bytes of a file that is small enough for a row.
    virtual std::string row_bytes(const Uuid& storage_id) = 0;
    // Those of the files (sorted ids; neighbours in time are found fastest) that no row names.
    // Takes long.
    virtual std::vector<Uuid> unnamed_files(std::span<const Uuid> storage_ids) = 0;

    virtual std::optional<domain::ReceiptBatch> receipt_batch(const Uuid& id) = 0;
    virtual std::optional<domain::Upload> upload(const Uuid& id) = 0;
    virtual std::optional<domain::UploadUsage> upload_usage(const Uuid& owner_id) = 0;
    // Those whose time is over, `limit` at most.
    virtual std::vector<Uuid> expired_uploads(Time now, std::size_t limit) = 0;

    // What happened after `sequence`, in order. (The sequence of the last one is the next cursor.)
    virtual std::vector<StoredEvent> events(std::int64_t after, std::size_t limit) = 0;
    // The sequence of the last event; 0: there is none yet.
    virtual std::int64_t last_sequence() = 0;

    // What administrators ask, on the same snapshot.
    virtual AdminReader& administration() = 0;

    // A named value of the installation (a key that signs cursors); nullopt if it was never set.
    virtual std::optional<std::string> setting(std::string_view name) = 0;
};

}  // namespace handin::store
