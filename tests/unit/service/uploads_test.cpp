// Uploads over a real store and a real folder: what is kept when requests, commits and servers
// break.
#include "service/uploads.hpp"

#include <gtest/gtest.h>

#include "service/service_place.hpp"
#include "service/upload_sweeper.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Reason;
using service::Overloaded;
using service::Uploads;
using Append = Uploads::Append;

constexpr std::size_t kMiB = std::size_t{1} << 20U;

std::string noise(std::size_t size) {
    std::string bytes(size, '\0');
    std::uint32_t value = 1;
    for (auto& byte : bytes) {
        value = value * 1664525U + 1013904223U;
        byte = static_cast<char>(value >> 24U);
    }
    return bytes;
}

task<Uploads::Answer> send(Uploads* uploads, domain::Actor actor, Append append, std::string bytes,
                           bool whole = true) {
    auto receiver = co_await uploads->receive(actor, append);
    if (!receiver) co_return std::unexpected(receiver.error());
    for (std::size_t at = 0; at < bytes.size(); at += 65536) {
        auto written = co_await (*receiver)->write(std::string_view(bytes).substr(at, 65536));
        if (!written) {
            co_await (*receiver)->close(false);
            co_return std::unexpected(written.error());
        }
    }
    co_return co_await (*receiver)->close(whole);
}

class UploadsTest : public testing::Test {
 protected:
    void SetUp() override {
        place.open();
        restart();
    }

    // What a server remembers of uploads beside the store and the folder is gone.
    void restart() {
        uploads.emplace(place.store, place.blobs, *place.committer, place.clock, limits,
                        service::EntranceLimits{.reception = reception,
                                                .room_on_disk = [this] { return room; }});
    }

    domain::Upload create(std::size_t length) {
        return run(uploads->create(actor, {.length = length, .filename = "f"})).value();
    }
    Uploads::Answer append(const domain::Upload& upload, const std::string& bytes,
                           bool whole = true) {
        const auto at = find(upload.id).received;
        return run(send(&*uploads, actor, {.upload_id = upload.id, .offset = at}, bytes, whole));
    }
    domain::Upload find(const Uuid& id) { return run(uploads->find(actor, id)).value(); }
    domain::Upload uploaded(const std::string& bytes) {
        return append(create(bytes.size()), bytes).value();
    }
    Reason reason(const Uploads::Answer& answer) { return answer.error().at(0).reason; }

    ServicePlace place;
    domain::UploadLimits limits;
    service::ReceptionLimits reception;
    bool room = true;  // on the disk
    domain::Actor actor = place.school.actor(place.school.student);
    std::optional<Uploads> uploads;
};

TEST_F(UploadsTest, HashesAreRightWithAndWithoutARestart) {
    const auto bytes = noise(3 * kMiB);
    for (const bool restarted : {false, true}) {
        const auto upload = create(bytes.size());
        ASSERT_TRUE(append(upload, bytes.substr(0, kMiB)));
        if (restarted) restart();
        ASSERT_TRUE(append(upload, bytes.substr(kMiB, 7)));
        if (restarted) restart();
        const auto done = append(upload, bytes.substr(kMiB + 7)).value();
        EXPECT_EQ(done.state, domain::Upload::State::finished);
        EXPECT_EQ(done.bytes.sha256, sha256(bytes));
    }
}

TEST_F(UploadsTest, WhatABrokenRequestHasSentIsKept) {
    const auto upload = create(10);
    EXPECT_EQ(append(upload, "hell", false).value().received, 4U);
    EXPECT_EQ(find(upload.id).received, 4U);
}

TEST_F(UploadsTest, ALongRequestIsCommittedOnItsWay) {
    const auto bytes = noise(40 * kMiB);
    const auto upload = create(bytes.size());
    auto receiver = run(uploads->receive(actor, {.upload_id = upload.id})).value();
    for (std::size_t at = 0; at < 39 * kMiB; at += kMiB)
        ASSERT_TRUE(run(receiver->write(std::string_view(bytes).substr(at, kMiB))));
    EXPECT_EQ(find(upload.id).received, 32 * kMiB);  // as after kill -9
    receiver.reset();
    restart();
    EXPECT_EQ(append(upload, bytes.substr(32 * kMiB)).value().bytes.sha256, sha256(bytes));
}

TEST_F(UploadsTest, ACommitThatFailsTakesNothingBackAndAddsNothing) {
    const std::string bytes = "hello world";
    const auto upload = create(bytes.size());
    ASSERT_TRUE(append(upload, "hello "));
    place.store.on_commit = [] { throw store::Unavailable("no room"); };
    EXPECT_THROW(append(upload, "wo", false), Overloaded);  // half of it
    EXPECT_THROW(append(upload, "world"), Overloaded);      // all: the file is finished already
    place.store.on_commit = [] {};
    EXPECT_EQ(find(upload.id).received, 6U);
    const auto done = append(upload, "world").value();
    EXPECT_EQ(done.bytes.sha256, sha256(bytes));
    EXPECT_EQ(place.files(), 1U);
    restart();
    EXPECT_EQ(find(upload.id).bytes.sha256, sha256(bytes));
}

task<std::vector<Uploads::Arrived>> arrive(Uploads* uploads, std::vector<std::string> contents) {
    std::vector<Uploads::Arrived> files;
    for (const auto& bytes : contents) {
        auto incoming = uploads->incoming();
        co_await uploads->write(&incoming, bytes);
        files.push_back(co_await uploads->finish({.filename = "f"}, std::move(incoming)));
    }
    co_return files;
}

TEST_F(UploadsTest, FilesThatComeTogetherAreKeptTogether) {
    const std::vector<std::string> contents{noise(20'000), "small", noise(3 * kMiB)};
    const auto kept = run(uploads->keep(actor, run(arrive(&*uploads, contents)))).value();
    ASSERT_EQ(kept.size(), 3U);
    for (std::size_t i = 0; i < kept.size(); ++i)
        EXPECT_EQ(find(kept[i].id).bytes.sha256, sha256(contents[i]));
    EXPECT_EQ(place.files(), 2U);
}

TEST_F(UploadsTest, OfFilesThatComeTogetherAllAreKeptOrNone) {
    const std::vector<std::string> contents{noise(20'000), "small", noise(30'000)};
    limits.person_bytes = 40'000;
    restart();
    EXPECT_EQ(run(uploads->keep(actor, run(arrive(&*uploads, contents)))).error().at(0).reason,
              Reason::upload_quota);
    EXPECT_EQ(place.files(), 0U);
    place.store.on_commit = [] { throw store::Unavailable("no room"); };
    limits.person_bytes = kMiB;
    restart();
    EXPECT_THROW(run(uploads->keep(actor, run(arrive(&*uploads, contents)))), Overloaded);
    EXPECT_EQ(place.files(), 0U);
    place.store.read_now(
        [&](store::Reader& rows) { EXPECT_FALSE(rows.upload_usage(place.school.student)); });
    {
        const auto never_kept = run(arrive(&*uploads, contents));
    }  // the client went away
    EXPECT_EQ(place.files(), 0U);
}

TEST_F(UploadsTest, BytesOfACommitInDoubtStay) {
    place.store.on_commit = [] { throw std::runtime_error("who knows"); };
    const std::vector<std::string> contents{noise(20'000), noise(30'000)};
    EXPECT_THROW(run(uploads->keep(actor, run(arrive(&*uploads, contents)))), service::InDoubt);
    EXPECT_EQ(place.files(), 2U);
}

TEST_F(UploadsTest, AChecksumDecidesAboutAllOfIt) {
    const auto bytes = noise(20 * kMiB);
    const auto upload = create(bytes.size());
    const auto with = [&](std::string digest, bool whole) {
        return run(send(
            &*uploads, actor,
            {.upload_id = upload.id,
             .checksum = service::ExpectedChecksum{Checksum::Algorithm::sha256, std::move(digest)}},
            bytes, whole));
    };
    const auto digest = sha256(bytes);
    const std::string good(digest.begin(), digest.end());
    EXPECT_EQ(reason(with(std::string(32, 'x'), true)), Reason::upload_checksum);
    EXPECT_EQ(find(upload.id).received, 0U);
    EXPECT_EQ(with(good, false).value().received, 0U);
    EXPECT_EQ(find(upload.id).received, 0U);
    EXPECT_EQ(with(good, true).value().bytes.sha256, digest);
}

TEST_F(UploadsTest, SoManyAtATimeEachWithItsMemory) {
    constexpr std::size_t kMost = 3;
    reception = {.bodies = kMost, .bytes = kMost * service::kUploadMemory};
    restart();
    const auto bytes = noise(kMiB);
    std::vector<std::unique_ptr<service::UploadReceiver>> receivers;
    for (std::size_t i = 0; i < kMost; ++i) {
        receivers.push_back(
            run(uploads->receive(actor, {.upload_id = create(kMiB).id, .bytes = kMiB})).value());
        for (std::size_t at = 0; at < kMiB; at += 65536)
            ASSERT_TRUE(run(receivers.back()->write(std::string_view(bytes).substr(at, 65536))));
    }
    EXPECT_EQ(uploads->reception().bodies(), kMost);
    EXPECT_GT(uploads->reception().bytes(), kMost * blob::kStageBytes);
    const auto refused = [&] {
        EXPECT_THROW(create(1), Overloaded);
        EXPECT_THROW((void)run(uploads->join(actor, {}, {})), Overloaded);
        EXPECT_THROW(run([](Uploads* all, domain::Actor who) -> task<void> {
                         (void)co_await all->admit(who, 1);
                     }(&*uploads, actor)),
                     Overloaded);
    };
    refused();
    for (auto& receiver : receivers)
        EXPECT_TRUE(run(receiver->close(true)));
    receivers.clear();
    EXPECT_EQ(uploads->reception().bodies(), 0U);
    EXPECT_EQ(uploads->reception().bytes(), 0U);
    EXPECT_NO_THROW(create(1));
    room = false;
    refused();
    room = true;
    place.store.in_doubt = true;
    refused();
}

TEST_F(UploadsTest, MemoryOfAFormIsBounded) {
    reception = {.bodies = 10, .bytes = kMiB};
    restart();
    const std::vector<std::string> fits(100, std::string(8192, 'x'));
    EXPECT_EQ(run(arrive(&*uploads, fits)).size(), 100U);
    EXPECT_EQ(uploads->reception().bytes(), 0U);
    EXPECT_THROW(run(arrive(&*uploads, std::vector<std::string>(130, fits[0]))), Overloaded);
    EXPECT_EQ(uploads->reception().bytes(), 0U);
}

TEST_F(UploadsTest, OneAtATime) {
    const auto upload = create(10);
    auto receiver = run(uploads->receive(actor, {.upload_id = upload.id})).value();
    EXPECT_EQ(run(uploads->receive(actor, {.upload_id = upload.id})).error().at(0).reason,
              Reason::upload_busy);
    EXPECT_EQ(run(uploads->discard(actor, upload.id)).error().at(0).reason, Reason::upload_busy);
    const auto stranger = place.school.actor(place.school.other);
    EXPECT_EQ(run(uploads->receive(stranger, {.upload_id = upload.id})).error().at(0).reason,
              Reason::upload_not_found);
    receiver.reset();
    EXPECT_TRUE(append(upload, "0123456789"));
    EXPECT_TRUE(run(uploads->discard(actor, upload.id)));
    EXPECT_EQ(place.files(), 0U);
}

TEST_F(UploadsTest, ARequestThatOutlivesItsUploadLeavesNothing) {
    const auto upload = create(10);
    auto receiver = run(uploads->receive(actor, {.upload_id = upload.id})).value();
    ASSERT_TRUE(run(receiver->write("0123456789")));
    place.clock.advance(25h);
    {
        service::UploadSweeper sweeper(place.store, place.blobs, *place.committer, place.clock,
                                       {.idle = 1ms, .pause = 1ms});
        for (int i = 0; i < 2000; ++i) {
            bool there = true;
            place.store.read_now(
                [&](store::Reader& reader) { there = reader.upload(upload.id).has_value(); });
            if (!there) break;
            std::this_thread::sleep_for(1ms);
        }
    }
    EXPECT_EQ(place.files(), 0U);
    EXPECT_THROW(run(receiver->close(true)), Overloaded);  // a repeat is told that it is gone
    receiver.reset();
    EXPECT_EQ(place.files(), 0U);
}

class UploadSweeperTest : public UploadsTest {
 protected:
    void sweep_until(std::size_t files) {
        service::UploadSweeper sweeper(place.store, place.blobs, *place.committer, place.clock,
                                       {.idle = 1ms, .pause = 1ms, .batch = 2});
        for (int i = 0; i < 3000 && place.files() != files; ++i)
            std::this_thread::sleep_for(1ms);
        EXPECT_EQ(place.files(), files);
    }

    HandedIn hand_in_upload(const Uuid& id) { return run(hand_in_upload_task(&place, actor, id)); }

    static task<HandedIn> hand_in_upload_task(ServicePlace* place, domain::Actor actor, Uuid id) {
        service::Handin handin;
        handin.class_id = place->school.class_id;
        handin.assignment_id = place->school.assignment_id;
        handin.received_at = place->clock.now();
        handin.request = request_facts();
        handin.attachments.emplace_back(place->intake->incoming()).upload_id = id;
        co_return co_await place->intake->submit(actor, std::move(handin));
    }
};

TEST_F(UploadSweeperTest, ForgetsWhatIsOverButNothingThatWasHandedIn) {
    const auto used = uploaded(noise(20'000));
    ASSERT_TRUE(hand_in_upload(used.id));
    for (int i = 0; i < 5; ++i)
        uploaded(noise(10'000));
    append(create(9), "half").value();
    place.clock.advance(23h);
    const auto young = uploaded(noise(10'000));
    EXPECT_EQ(place.files(), 8U);
    place.clock.advance(1h);
    sweep_until(2);
    EXPECT_EQ(find(young.id).bytes.sha256, young.bytes.sha256);
    auto reader = run(place.blobs.open(used.id, 0, 20'000));
    EXPECT_FALSE(run(reader->next()).empty());
    place.store.read_now([&](store::Reader& rows) {
        EXPECT_FALSE(rows.upload(used.id));  // what is left of it is the attempt's
        EXPECT_EQ(rows.upload_usage(place.school.student)->uploads, 1);
    });
}

TEST_F(UploadSweeperTest, RemovesPartialFilesThatNoRowTellsOf) {
    const auto known = create(10);
    append(known, "12345").value();
    const auto stray = uuid_v7(kNow);
    run(run(place.blobs.partials()->resume(stray, 0))->sync());
    EXPECT_EQ(place.files(), 2U);
    sweep_until(1);
    EXPECT_TRUE(append(known, "67890"));
}

TEST_F(UploadSweeperTest, GoesOnAfterAFailure) {
    uploaded(noise(10'000));
    place.clock.advance(24h);
    std::atomic<int> failures = 3;
    place.store.on_commit = [&] {
        if (failures-- > 0) throw store::Unavailable("not now");
    };
    sweep_until(0);
    EXPECT_LE(failures, 0);
}

}  // namespace
}  // namespace handin::test
