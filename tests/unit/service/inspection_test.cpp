// What is scanned, when, and what becomes of it (DESIGN 5.5); with a scanner that is told what to
// say.
#include "service/inspection.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "service/service_place.hpp"

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

    task<scan::Verdict> scan(blob::Reader* bytes) override {
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

}  // namespace
}  // namespace handin::test
