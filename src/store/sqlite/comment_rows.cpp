#include "store/sqlite/comment_rows.hpp"

#include "store/packed.hpp"

namespace handin::store::sqlite {
namespace {

constexpr const char* kInsertComment =
    "INSERT INTO comment (id, number, submission_id, author_id, by_grader, text, attempt, draft,"
    " hidden, group_id, created_at, edited_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kComment =
    "SELECT id, number, submission_id, author_id, by_grader, text, attempt, draft, hidden,"
    " group_id, created_at, edited_at FROM comment WHERE id = ?";
constexpr const char* kInsertGroup =
    "INSERT INTO student_group (id, set_id, number, name, members) VALUES (?, ?, ?, ?, ?)";
constexpr const char* kInsertMember =
    "INSERT INTO group_member (set_id, person_id, group_id) VALUES (?, ?, ?)";
constexpr const char* kGroup =
    "SELECT g.id, g.set_id, g.number, g.name, g.members FROM group_member m"
    " JOIN student_group g ON g.id = m.group_id WHERE m.set_id = ? AND m.person_id = ?";

}  // namespace

void insert_comment(Connection& db, const domain::Comment& comment) {
    const auto attempt =
        comment.attempt ? std::optional(std::int64_t{*comment.attempt}) : std::nullopt;
    db.query(kInsertComment)
        .bind(comment.id)
        .bind(comment.number)
        .bind(comment.submission_id)
        .bind(comment.author_id)
        .bind(comment.by_grader)
        .bind(comment.text)
        .bind(attempt)
        .bind(comment.draft)
        .bind(comment.hidden)
        .bind(comment.group_id)
        .bind(comment.created_at)
        .bind(comment.edited_at)
        .run();
}

std::optional<domain::Comment> find_comment(Connection& db, const Uuid& id) {
    auto row = db.query(kComment);
    row.bind(id);
    if (!row.next()) return std::nullopt;
    return domain::Comment{
        .id = row.id(),
        .number = row.integer(),
        .submission_id = row.id(),
        .author_id = row.optional_id(),
        .by_grader = row.flag(),
        .text = row.text(),
        .attempt =
            row.null() ? std::nullopt : std::optional(static_cast<std::uint32_t>(row.integer())),
        .draft = row.flag(),
        .hidden = row.flag(),
        .group_id = row.optional_id(),
        .created_at = row.time(),
        .edited_at = row.optional_time()};
}

void insert_group(Connection& db, const domain::Group& group) {
    const auto members = pack(group.members);
    db.query(kInsertGroup)
        .bind(group.id)
        .bind(group.set_id)
        .bind(group.number)
        .bind(group.name)
        .bind_blob(members)
        .run();
    for (const auto& person : group.members)
        db.query(kInsertMember).bind(group.set_id).bind(person).bind(group.id).run();
}

std::optional<domain::Group> find_group(Connection& db, const Uuid& set_id, const Uuid& person_id) {
    auto row = db.query(kGroup);
    row.bind(set_id).bind(person_id);
    if (!row.next()) return std::nullopt;
    return domain::Group{.id = row.id(),
                         .set_id = row.id(),
                         .number = row.integer(),
                         .name = row.text(),
                         .members = unpack_ids(row.blob())};
}

}  // namespace handin::store::sqlite
