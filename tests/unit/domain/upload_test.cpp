// The life of an upload, and what it takes to hand one in.
#include "domain/upload_rules.hpp"

#include <gtest/gtest.h>

#include "domain/desk.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Reason;
using domain::Upload;
using Kind = Upload::Kind;
using State = Upload::State;
using Reasons = std::vector<Reason>;

class UploadTest : public testing::Test {
 protected:
    domain::CreateUpload creation(std::optional<std::uint64_t> length, Kind kind = Kind::whole) {
        return {.actor = desk.school.actor(person),
                .upload = {.id = uuid_v7(kNow),
                           .account_id = desk.school.account_id,
                           .person_id = person,
                           .kind = kind,
                           .length = length,
                           .filename = "essay.txt"},
                .limits = limits};
    }

    Upload create(std::optional<std::uint64_t> length, Kind kind = Kind::whole) {
        return *desk.run(creation(length, kind)).value().upload;
    }

    domain::GrowUpload growth(const Upload& upload, std::uint64_t to) {
        domain::GrowUpload command{.actor = desk.school.actor(person),
                                   .upload_id = upload.id,
                                   .from = upload.received,
                                   .to = to,
                                   .limits = limits};
        if (upload.length == to)
            command.bytes = domain::FileBytes{
                .storage_id = upload.id, .size = to, .sha256 = sha256("x"), .in_row = false};
        return command;
    }

    Upload finished(std::uint64_t size, Kind kind = Kind::whole) {
        return *desk.run(growth(create(size, kind), size)).value().upload;
    }

    Outcome hand_in(std::vector<Uuid> uploads, std::string title = "") {
        Attachments attachments;
        for (const auto& id : uploads) {
            auto& item = attachments.emplace_back();
            item.attachment.id = uuid_v7(kNow);
            item.attachment.title = title;
            item.upload_id = id;
        }
        return desk.run(submit_of(desk.school, person, std::move(attachments)));
    }

    Outcome discard(const Uuid& id) {
        return desk.run(domain::DiscardUpload{.actor = desk.school.actor(person), .upload_id = id});
    }

    // bytes and number that count for the person, and the same for the account.
    std::vector<std::int64_t> usage() {
        std::vector<std::int64_t> numbers;
        for (const auto& owner : {desk.school.student, desk.school.account_id}) {
            const auto row = desk.state.upload_usages[owner].value_or(domain::UploadUsage{owner});
            numbers.insert(numbers.end(), {row.bytes, row.uploads});
        }
        return numbers;
    }

    const std::optional<Upload>& row(const Uuid& id) { return desk.state.uploads.at(id); }

    Desk desk;
    Uuid person = desk.school.student;
    domain::UploadLimits limits{
        .bytes = 100, .person_bytes = 200, .account_bytes = 250, .person_uploads = 3, .life = 1h};
};

TEST_F(UploadTest, GrowsUntilItIsComplete) {
    auto upload = create(10);
    EXPECT_EQ(upload.created_at, kNow);
    EXPECT_EQ(upload.expires_at, kNow + 1h);
    desk.now += 30min;
    upload = *desk.run(growth(upload, 4)).value().upload;
    EXPECT_EQ(upload.received, 4U);
    EXPECT_EQ(upload.state, State::receiving);
    EXPECT_EQ(upload.expires_at, kNow + 90min);  // counts from the last byte
    upload = *desk.run(growth(upload, 10)).value().upload;
    EXPECT_EQ(upload.state, State::finished);
    EXPECT_EQ(upload.bytes.sha256, sha256("x"));
    EXPECT_EQ(usage(), (std::vector<std::int64_t>{10, 1, 10, 1}));
}

TEST_F(UploadTest, RefusesToGrow) {
    const auto upload = create(10);
    const auto grown = *desk.run(growth(upload, 4)).value().upload;
    const auto refused = [&](domain::GrowUpload command) { return reasons(desk.run(command)); };
    EXPECT_EQ(refused(growth(upload, 4)), Reasons{Reason::upload_offset});  // 0 is long over
    EXPECT_EQ(refused(growth(grown, 11)), Reasons{Reason::upload_too_large});
    auto other = growth(grown, 5);
    other.length = 11;
    EXPECT_EQ(refused(other), Reasons{Reason::upload_length});
    other = growth(grown, 5);
    other.actor = desk.school.actor(desk.school.other);
    EXPECT_EQ(refused(other), Reasons{Reason::upload_not_found});
    desk.now += 1h;
    EXPECT_EQ(refused(growth(grown, 5)), Reasons{Reason::upload_expired});
    desk.now = kNow;
    const auto complete = *desk.run(growth(grown, 10)).value().upload;
    EXPECT_EQ(refused(growth(complete, 10)), Reasons{Reason::upload_finished});
    EXPECT_EQ(row(upload.id)->received, 10U);
}

TEST_F(UploadTest, ALengthThatIsToldLaterCountsAsItComes) {
    auto upload = create(std::nullopt);
    EXPECT_EQ(usage(), (std::vector<std::int64_t>{0, 1, 0, 1}));
    upload = *desk.run(growth(upload, 60)).value().upload;
    EXPECT_EQ(usage(), (std::vector<std::int64_t>{60, 1, 60, 1}));
    auto tell = growth(upload, 60);
    tell.length = 90;
    upload = *desk.run(tell).value().upload;
    EXPECT_EQ(usage(), (std::vector<std::int64_t>{90, 1, 90, 1}));
    tell = growth(upload, 60);
    tell.length = 80;
    EXPECT_EQ(reasons(desk.run(tell)), Reasons{Reason::upload_length});
    create(100);
    auto third = create(std::nullopt);
    EXPECT_EQ(reasons(desk.run(growth(third, 11))), Reasons{Reason::upload_quota});
    EXPECT_TRUE(desk.run(growth(third, 10)));
}

TEST_F(UploadTest, KeepsWithinItsLimits) {
    EXPECT_EQ(reasons(desk.run(creation(101))), Reasons{Reason::upload_too_large});
    create(100);
    create(90);
    EXPECT_EQ(reasons(desk.run(creation(11))), Reasons{Reason::upload_quota});
    create(0);
    EXPECT_EQ(reasons(desk.run(creation(0))), Reasons{Reason::upload_quota});  // a fourth one
    person = desk.school.other;
    EXPECT_EQ(reasons(desk.run(creation(61))), Reasons{Reason::upload_quota});  // the account's
    create(60);
    auto nobody = creation(0);
    nobody.actor.person_id.reset();
    nobody.actor.integration_id.reset();
    EXPECT_EQ(reasons(desk.run(nobody)), Reasons{Reason::not_permitted});
}

TEST_F(UploadTest, SmallBytesAreARow) {
    auto command = creation(3);
    command.upload.state = State::finished;
    command.upload.received = 3;
    command.upload.bytes = {.storage_id = command.upload.id, .size = 3, .in_row = true};
    command.row_bytes = "abc";
    const auto outcome = desk.run(command);
    ASSERT_EQ(outcome.value().changes.row_bytes.size(), 1U);
    EXPECT_EQ(outcome->changes.row_bytes[0].bytes, "abc");
    // Handing it in writes them no second time.
    EXPECT_TRUE(hand_in({command.upload.id}).value().changes.row_bytes.empty());
}

TEST_F(UploadTest, SeveralAreKeptTogetherOrNotAtAll) {
    const auto kept = [&](std::vector<std::uint64_t> sizes) {
        domain::CreateUploads command;
        for (const auto size : sizes) {
            auto& one = command.uploads.emplace_back(creation(size));
            one.upload.id = uuid_v7(kNow);
            one.upload.state = State::finished;
            one.upload.received = size;
            one.upload.bytes = {.storage_id = one.upload.id, .size = size, .in_row = size < 10};
            one.row_bytes = std::string(one.upload.bytes.in_row ? size : 0, 'x');
        }
        return desk.run(std::move(command));
    };
    const auto refused = [&](std::vector<std::uint64_t> sizes, Reason reason, std::string field) {
        const auto before = usage();
        const auto outcome = kept(std::move(sizes));
        EXPECT_EQ(reasons(outcome), Reasons{reason});
        EXPECT_EQ(fields(outcome), std::vector<std::string>{field});
        EXPECT_EQ(usage(), before);
    };
    refused({10, 101}, Reason::upload_too_large, "uploads[1]");
    refused({100, 60, 41}, Reason::upload_quota, "uploads[2]");  // together
    refused({1, 1, 1, 1}, Reason::upload_quota, "uploads[3]");   // too many
    const auto outcome = kept({100, 5, 0});
    const auto& changes = outcome.value().changes;
    ASSERT_EQ(changes.uploads.size(), 3U);
    EXPECT_EQ(changes.uploads[0].expires_at, kNow + 1h);
    EXPECT_EQ(changes.uploads[1].received, 5U);
    ASSERT_EQ(changes.row_bytes.size(), 2U);
    EXPECT_EQ(changes.row_bytes[0].bytes, "xxxxx");
    EXPECT_EQ(usage(), (std::vector<std::int64_t>{105, 3, 105, 3}));
    refused({1}, Reason::upload_quota, "uploads[0]");
}

TEST_F(UploadTest, IsHandedInOnce) {
    const auto upload = finished(10);
    const auto outcome = hand_in({upload.id});
    const auto& attachment = outcome.value().changes.attempts.at(0).attachments.at(0);
    EXPECT_EQ(attachment.bytes.storage_id, upload.id);
    EXPECT_EQ(attachment.bytes.size, 10U);
    EXPECT_EQ(attachment.bytes.sha256, sha256("x"));
    EXPECT_EQ(attachment.title, "essay.txt");
    EXPECT_EQ(row(upload.id)->state, State::attached);
    EXPECT_EQ(usage(), (std::vector<std::int64_t>{0, 0, 0, 0}));
    EXPECT_EQ(reasons(hand_in({upload.id})), Reasons{Reason::upload_attached});
    EXPECT_EQ(reasons(discard(upload.id)), Reasons{Reason::upload_attached});
}

TEST_F(UploadTest, SeveralAreHandedInTogether) {
    const auto one = finished(10);
    const auto two = finished(20);
    EXPECT_EQ(usage(), (std::vector<std::int64_t>{30, 2, 30, 2}));
    const auto outcome = hand_in({one.id, two.id}, "title");
    EXPECT_EQ(outcome.value().changes.attempts.at(0).attachments.at(1).title, "title");
    EXPECT_EQ(usage(), (std::vector<std::int64_t>{0, 0, 0, 0}));
}

TEST_F(UploadTest, ARefusedSubmitLeavesItAsItWas) {
    const auto good = finished(1);
    const auto refused = [&](std::vector<Uuid> uploads) {
        const auto outcome = hand_in(std::move(uploads));
        EXPECT_EQ(row(good.id)->state, State::finished);
        EXPECT_EQ(fields(outcome), std::vector<std::string>{"attachments[1].upload_id"});
        return reasons(outcome).at(0);
    };
    const auto part = finished(1, Kind::part);
    const auto half = create(2);
    EXPECT_EQ(refused({good.id, good.id}), Reason::upload_twice);
    EXPECT_EQ(refused({good.id, part.id}), Reason::upload_kind);
    EXPECT_EQ(refused({good.id, half.id}), Reason::upload_unfinished);
    EXPECT_EQ(refused({good.id, id_of("nothing")}), Reason::upload_not_found);
    desk.now = good.expires_at;
    EXPECT_EQ(reasons(hand_in({good.id})), Reasons{Reason::upload_expired});
    desk.now = kNow;
    person = desk.school.other;
    EXPECT_EQ(reasons(hand_in({good.id})), Reasons{Reason::upload_not_found});
    person = desk.school.student;
    desk.school.assignment().locked = true;
    desk.state.assignments.clear();
    EXPECT_EQ(reasons(hand_in({good.id})), Reasons{Reason::locked});
    desk.school.assignment().locked = false;
    desk.state.assignments.clear();
    EXPECT_TRUE(hand_in({good.id}));
}

TEST_F(UploadTest, ANameIsNeeded) {
    auto command = creation(5);
    command.upload.filename.clear();
    const auto upload = *desk.run(command).value().upload;
    desk.run(growth(upload, 5)).value();
    const auto outcome = hand_in({upload.id});
    EXPECT_EQ(reasons(outcome), Reasons{Reason::title_missing});
    EXPECT_EQ(fields(outcome), std::vector<std::string>{"attachments[0].title"});
    EXPECT_TRUE(hand_in({upload.id}, "a title"));
}

TEST_F(UploadTest, ARepeatIsAnsweredThoughTheUploadIsUsedUp) {
    const auto upload = finished(1);
    auto command = submit_of(desk.school, person, Attachments(1));
    command.attachments[0].upload_id = upload.id;
    command.replay_key = key_of("k");
    auto repeat = command;
    EXPECT_FALSE(desk.run(std::move(command)).value().repeated);
    EXPECT_TRUE(desk.run(std::move(repeat)).value().repeated);
}

TEST_F(UploadTest, PartsAreJoined) {
    limits.person_uploads = 10;
    const auto one = finished(10, Kind::part);
    const auto two = finished(20, Kind::part);
    const auto join = [&](std::vector<Uuid> parts, std::uint64_t size) {
        auto command = creation(size, Kind::joined);
        command.upload.parts = std::move(parts);
        command.upload.received = size;
        command.upload.state = State::finished;
        command.upload.bytes.in_row = false;
        return desk.run(command);
    };
    EXPECT_EQ(reasons(join({one.id, two.id}, 29)), Reasons{Reason::upload_length});
    EXPECT_EQ(reasons(join({one.id, id_of("x")}, 10)), Reasons{Reason::upload_not_found});
    const auto whole = finished(5);
    EXPECT_EQ(reasons(join({one.id, whole.id}, 15)), Reasons{Reason::upload_kind});
    const auto half = create(5, Kind::part);
    EXPECT_EQ(reasons(join({one.id, half.id}, 10)), Reasons{Reason::upload_unfinished});
    const auto joined = *join({one.id, two.id}, 30).value().upload;
    EXPECT_EQ(reasons(desk.run(growth(joined, 31))), Reasons{Reason::upload_joined});
    EXPECT_TRUE(hand_in({joined.id}));
}

TEST_F(UploadTest, ExpiryForgetsOnlyWhatIsOver) {
    const auto old = finished(10);
    const auto used = finished(20);
    hand_in({used.id}).value();
    desk.now += 30min;
    const auto young = create(5);
    desk.now = kNow + 1h;
    const auto outcome =
        desk.run(domain::ExpireUploads{.upload_ids = {old.id, used.id, young.id, id_of("x")}});
    const auto& removed = outcome.value().changes.removed_uploads;
    ASSERT_EQ(removed.size(), 2U);
    EXPECT_EQ(removed[0].state, State::finished);
    EXPECT_EQ(removed[1].state, State::attached);  // the row only: its bytes are the attempt's
    EXPECT_FALSE(row(old.id));
    EXPECT_TRUE(row(young.id));
    EXPECT_EQ(usage(), (std::vector<std::int64_t>{5, 1, 5, 1}));
}

TEST_F(UploadTest, DiscardingMakesRoom) {
    const auto upload = create(100);
    EXPECT_EQ(discard(upload.id).value().changes.removed_uploads.size(), 1U);
    EXPECT_EQ(usage(), (std::vector<std::int64_t>{0, 0, 0, 0}));
    EXPECT_EQ(reasons(discard(upload.id)), Reasons{Reason::upload_not_found});
}

}  // namespace
}  // namespace handin::test
