// Submissions, attempts, attachments and bytes.
#include <algorithm>
#include <set>

#include "store/store_suite.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using store::Reader;

std::string every_byte(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>(i * 31 % 251 + i % 7);
    return bytes;
}

TEST_P(StoreSuite, FirstAttemptIsRead) {
    commit(school_.rows);
    const auto changes = next_attempt(school_.student);
    commit(changes);
    store().read_now([&](Reader& reader) {
        const auto& expected = changes.submissions.at(0);
        const auto found = reader.submission(expected.id);
        ASSERT_TRUE(found);
        EXPECT_TRUE(same(*found, expected));
        const auto attempts = reader.attempts(found->attempts);
        ASSERT_EQ(attempts.size(), 1U);
        EXPECT_TRUE(same(attempts[0], changes.attempts.at(0)));
    });
}

TEST_P(StoreSuite, AttachmentsOfEveryKindInTheirOrder) {
    commit(school_.rows);
    auto stored = a_file();
    stored.attachment.bytes.in_row = false;
    stored.attachment.bytes.size = 5'000'000'000;
    stored.attachment.title =
        "gr\xc3\xb6\xc3\x9f"
        "e 'r' \"q\".bin";
    auto described = a_link("https://example.org/?a=b&c=ü");
    described.attachment.description = "a description";
    described.attachment.title = "";
    auto unnamed = a_text("");
    unnamed.attachment.title = "";
    // The ids are not in the order of the attachments.
    auto first = a_file("one");
    first.attachment.id = id_of("zz");
    const auto changes =
        next_attempt(school_.student, list(first, described, unnamed, stored, a_file("two")));
    commit(changes);
    const auto& expected = changes.attempts.at(0);
    store().read_now([&](Reader& reader) {
        const auto attempts = reader.attempts(std::vector{expected.id});
        ASSERT_EQ(attempts.size(), 1U);
        EXPECT_TRUE(same(attempts[0], expected));
        for (const auto& attachment : expected.attachments) {
            const auto owner = reader.attempt_of(attachment.id);
            ASSERT_TRUE(owner);
            EXPECT_TRUE(same(*owner, expected));
        }
    });
}

// DESIGN 5.5: up to 8 KiB they are rows of the same transaction
TEST_P(StoreSuite, RowBytesOfEverySize) {
    commit(school_.rows);
    Attachments attachments;
    for (const std::size_t size : {0U, 1U, 255U, 4096U, 8192U})
        attachments.push_back(a_file(every_byte(size)));
    const auto changes = next_attempt(school_.student, attachments);
    commit(changes);
    store().read_now([&](Reader& reader) {
        ASSERT_EQ(changes.row_bytes.size(), 5U);
        for (const auto& row : changes.row_bytes)
            EXPECT_TRUE(reader.row_bytes(row.storage_id) == row.bytes) << row.bytes.size();
    });
}

TEST_P(StoreSuite, AttemptsComeInTheOrderAskedFor) {
    commit(school_.rows);
    for (int i = 0; i < 4; ++i)
        commit(next_attempt(school_.student, list(a_text("text " + std::to_string(i)))));
    auto ids = row(school_.student)->attempts;
    ASSERT_EQ(ids.size(), 4U);
    store().read_now([&](Reader& reader) {
        const auto oldest_first = reader.attempts(ids);
        for (std::uint32_t i = 0; i < 4; ++i) {
            EXPECT_EQ(oldest_first[i].id, ids[i]);
            EXPECT_EQ(oldest_first[i].number, i + 1);  // DESIGN 10.3
        }
        std::ranges::reverse(ids);
        const auto newest_first = reader.attempts(ids);
        for (std::uint32_t i = 0; i < 4; ++i)
            EXPECT_EQ(newest_first[i].number, 4 - i);
        EXPECT_TRUE(reader.attempts({}).empty());
    });
}

TEST_P(StoreSuite, ABrokenReferenceIsNotPassedOver) {
    store().read_now([&](Reader& reader) {
        EXPECT_THROW((void)reader.attempts(std::vector{id_of("lost")}), std::runtime_error);
        EXPECT_THROW((void)reader.row_bytes(id_of("lost")), std::runtime_error);
    });
}

TEST_P(StoreSuite, SubmissionsChangeAttemptsStay) {
    commit(school_.rows);
    auto submit = submit_of(school_, school_.student);
    submit.replay_key = key_of("submit");
    const auto first = decide(submit);
    commit(first);

    auto reclaim = reclaim_of(school_, school_.student);
    reclaim.replay_key = key_of("reclaim");
    const auto back = decide(reclaim);
    commit(back);
    EXPECT_TRUE(same(row(school_.student).value(), back.submissions.at(0)));

    const auto second = next_attempt(school_.student);
    commit(second);
    const auto now = row(school_.student).value();
    EXPECT_TRUE(same(now, second.submissions.at(0)));
    EXPECT_EQ(now.version, 3);
    EXPECT_EQ(now.replays.size(), 2U);
    const auto attempts = ask([&](Reader& reader) { return reader.attempts(now.attempts); });
    ASSERT_EQ(attempts.size(), 2U);
    EXPECT_TRUE(same(attempts[0], first.attempts.at(0)));
    EXPECT_TRUE(same(attempts[1], second.attempts.at(0)));

    // What a writer loads is the same as what a reader reads.
    domain::Keys keys;
    keys.submissions = {now.id};
    EXPECT_TRUE(same(load(keys).submissions.at(now.id).value(), now));
}

// A person's work for different assignments, and different people's for one, are apart.
TEST_P(StoreSuite, SubmissionsAreOnePerAssignmentAndStudent) {
    school_.add_assignment("second");
    commit(school_.rows);
    auto elsewhere = submit_of(school_, school_.student);
    elsewhere.assignment_id = id_of("assignment/second");
    commit({next_attempt(school_.student), next_attempt(school_.other), decide(elsewhere)});
    std::set<Uuid> ids;
    store().read_now([&](Reader& reader) {
        for (const auto& assignment : {school_.assignment_id, id_of("assignment/second")})
            for (const auto& person : {school_.student, school_.other}) {
                const auto found = reader.submission(domain::submission_id(assignment, person));
                if (!found) continue;
                EXPECT_EQ(found->assignment_id, assignment);
                EXPECT_EQ(found->person_id, person);
                ids.insert(found->id);
            }
    });
    EXPECT_EQ(ids.size(), 3U);
}

}  // namespace
}  // namespace handin::test
