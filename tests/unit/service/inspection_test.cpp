// What is scanned, when, and what becomes of it (DESIGN 5.5); with a scanner that is told what to
// say.
#include "service/inspection.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "service/service_place.hpp"
#include "service/uploads.hpp"

namespace handin::test {
namespace {

using domain::Reason;
using service::Inspection;
using Kind = scan::Verdict::Kind;
using Policy = Inspection::WithoutScanner;

class ToldScanner final : public scan::Scanner {
 public:
    scan::Verdict verdict{.kind = Kind::clean, .detail = {}};
    std::vector<std::string> seen;
    std::function<task<void>()> meanwhile;  // what happens while it looks

    task<scan::Verdict> scan(blob::Reader* bytes) override {
        if (meanwhile) co_await meanwhile();
        std::string all;
        for (auto piece = co_await bytes->next(); !piece.empty(); piece = co_await bytes->next())
            all += piece;
        seen.push_back(std::move(all));
        co_return verdict;
    }
};

class InspectionTest : public testing::Test {
 protected:
    void open(Policy policy = Policy::refuse) {
        place.open();
        inspection.emplace(scanner, quarantine, place.blobs, place.clock, policy,
                           [this](const service::ScanSeen& s) { results.emplace_back(s.result); });
        place.intake.emplace(place.store, place.blobs, *place.committer, place.clock,
                             service::EntranceLimits(), &*inspection);
    }

    HandedIn submit(std::vector<Sent> attachments) {
        return hand_in(place,
                       {.person = place.school.student, .attachments = std::move(attachments)});
    }

    std::size_t locked_away() {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder.path()), {}));
    }

    TemporaryFolder folder;
    Pool pool{1};
    ServicePlace place;
    ToldScanner scanner;
    scan::Quarantine quarantine{folder.path(), 1 << 20, pool};
    std::optional<Inspection> inspection;
    std::vector<std::string> results;
};

const std::string kLarge(20'000, 'x');

task<void> complete(service::Uploads* uploads, domain::Actor actor, Uuid id, bool* completed) {
    if (std::exchange(*completed, true)) co_return;
    const auto receiver = co_await uploads->receive(actor, {.upload_id = id, .offset = 0});
    co_await (*receiver)->write("bad");
    (void)co_await (*receiver)->close(true);
}

// Hands in an upload, and something beside it.
task<HandedIn> attach_task(ServicePlace* place, Uuid upload_id, Sent beside) {
    service::Handin handin{.origin = domain::Origin::edlink,
                           .class_id = place->school.class_id,
                           .assignment_id = place->school.assignment_id,
                           .attachments = {},
                           .received_at = place->clock.now(),
                           .replay_key = std::nullopt,
                           .request = request_facts()};
    handin.attachments.push_back(place->intake->incoming());
    handin.attachments.back().upload_id = upload_id;
    auto& other = handin.attachments.emplace_back(place->intake->incoming());
    other.kind = beside.kind;
    other.title = beside.title;
    other.url = beside.url;
    co_await other.write(beside.bytes);
    co_return co_await place->intake->submit(place->school.actor(place->school.student),
                                             std::move(handin));
}

TEST_F(InspectionTest, LooksAtAllBytesOfFilesAndTexts) {
    open();
    ASSERT_TRUE(submit({sent_file("small"), sent_link("https://example.org/"), sent_file(kLarge),
                        sent_text("words"), sent_file("")}));
    EXPECT_EQ(scanner.seen, (std::vector<std::string>{"small", kLarge, "words", ""}));
    EXPECT_EQ(results, std::vector<std::string>(4, "clean"));
    EXPECT_EQ(locked_away(), 0);
}

TEST_F(InspectionTest, WhatIsInfectedGoesToQuarantineAndNowhereElse) {
    open();
    scanner.verdict = {.kind = Kind::infected, .detail = "Some-Virus"};
    const auto outcome = submit({sent_file(kLarge), sent_file("small")});
    ASSERT_FALSE(outcome);
    ASSERT_EQ(outcome.error().size(), 2);
    EXPECT_EQ(outcome.error()[0].reason, Reason::infected_file);
    EXPECT_EQ(outcome.error()[1].field, "attachments[1]");
    EXPECT_EQ(place.files(), 0);
    EXPECT_EQ(locked_away(), 4);
    EXPECT_TRUE(place.events().empty());
}

TEST_F(InspectionTest, IsRefusedAlsoIfItCannotBeLockedAway) {
    open();
    std::filesystem::remove_all(folder.path());
    scanner.verdict = {.kind = Kind::infected, .detail = "Some-Virus"};
    const auto outcome = submit({sent_file(kLarge)});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error()[0].reason, Reason::infected_file);
    EXPECT_EQ(place.files(), 0);
}

TEST_F(InspectionTest, WithoutScannerNothingIsTaken) {
    open();
    scanner.verdict = {.kind = Kind::unavailable, .detail = "it is down"};
    EXPECT_THROW(submit({sent_file(kLarge)}), service::Overloaded);
    EXPECT_THROW(submit({sent_text("words")}), service::Overloaded);
    EXPECT_EQ(place.files(), 0);
    EXPECT_TRUE(place.events().empty());
    EXPECT_EQ(results, std::vector<std::string>(2, "unavailable"));
    scanner.verdict.kind = Kind::too_large;
    const auto outcome = submit({sent_file(kLarge)});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error()[0].reason, Reason::unscannable_file);
    scanner.verdict.kind = Kind::clean;
    EXPECT_TRUE(submit({sent_file(kLarge)}));
}

TEST_F(InspectionTest, UnlessToldToTakeItAllTheSame) {
    open(Policy::accept);
    for (const auto kind : {Kind::unavailable, Kind::too_large}) {
        scanner.verdict.kind = kind;
        EXPECT_TRUE(submit({sent_file(kLarge)}));
    }
    scanner.verdict.kind = Kind::infected;
    EXPECT_FALSE(submit({sent_file(kLarge)}));
}

// Who sends the rest of a file while the one beside it is scanned gets nothing past the scanner.
TEST_F(InspectionTest, AnUploadThatIsCompletedMeanwhileIsNotTakenUnseen) {
    open();
    const auto actor = place.school.actor(place.school.student);
    service::Uploads uploads(place.store, place.blobs, *place.committer, place.clock, {}, {});
    const auto upload = run(uploads.create(actor, {.length = 3, .filename = "late"})).value();
    bool completed = false;
    scanner.meanwhile = [&] { return complete(&uploads, actor, upload.id, &completed); };
    const auto attach = [&](Sent beside) {
        return run(attach_task(&place, upload.id, std::move(beside)));
    };

    const auto outcome = attach(sent_file("beside"));
    ASSERT_TRUE(completed);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error()[0].reason, Reason::upload_unfinished);
    EXPECT_EQ(scanner.seen, std::vector<std::string>{"beside"});
    ASSERT_TRUE(attach(sent_link("https://example.org/")));
    EXPECT_EQ(scanner.seen.back(), "bad");
}

}  // namespace
}  // namespace handin::test
