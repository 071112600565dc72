// What only the S3 engine has: layout, start, leftovers, on a real server.
#include "blob/s3/s3_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/encoding.hpp"
#include "blob/blob_io.hpp"
#include "blob/s3_place.hpp"
#include "support/run_task.hpp"

namespace handin::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::ThrowsMessage;

TEST(S3Store, NamesObjectsAsTheFolderNamesFiles) {
    S3Place place;
    const auto id = new_id();
    run(put(&place.store(), id, bytes_of(20 * kMiB), kMiB));
    EXPECT_THAT(place.keys(),
                ElementsAre("files/" + hex(std::span(&id.bytes[15], 1)) + '/' + id.str()));
    EXPECT_EQ(place.store().size_of(id), 20 * kMiB);
    EXPECT_EQ(place.store().size_of(new_id()), std::nullopt);
    EXPECT_THAT(place.store().name_of(id), HasSubstr(id.str()));
}

TEST(S3Store, KeepsAMark) {
    S3Place place;
    EXPECT_EQ(place.store().mark(), std::nullopt);
    place.store().set_mark("ours");
    EXPECT_EQ(place.store().mark(), "ours");
    std::vector<Uuid> seen;
    place.store().each_file([&](const Uuid& id) { seen.push_back(id); });
    EXPECT_THAT(seen, IsEmpty());
}

// The secret is in no message.
TEST(S3Store, SaysWhatIsWrongAtTheStart) {
    S3Place place;
    Pool pool(1);
    const SystemClock clock;
    const TemporaryFolder folder;
    const auto file = folder.path() / "credentials";
    const auto begin = [&](const blob::s3::Options& options) {
        const blob::S3Store store(options, folder.path() / "spool", pool, clock);
    };
    const auto with = [&](const std::string& key, const std::string& secret) {
        std::ofstream(file) << "aws_access_key_id=" << key << "\naws_secret_access_key=" << secret;
        auto options = place.options();
        options.credentials = file;
        return options;
    };
    EXPECT_THAT([&] { begin(with("test:tester", "not-the-secret")); },
                ThrowsMessage<std::runtime_error>(AllOf(HasSubstr("--blobs s3://"),
                                                        HasSubstr("the secret key does not fit"),
                                                        Not(HasSubstr("not-the-secret")))));
    EXPECT_THAT([&] { begin(with("nobody", "x")); },
                ThrowsMessage<std::runtime_error>(HasSubstr("403")));
    auto elsewhere = place.options();
    elsewhere.address.bucket = "no-such-bucket";
    EXPECT_THAT([&] { begin(elsewhere); },
                ThrowsMessage<std::runtime_error>(HasSubstr("there is no such bucket")));
    auto nobody = place.options();
    nobody.address.host = "127.0.0.1:1";
    nobody.patience = std::chrono::milliseconds(300);
    EXPECT_THAT([&] { begin(nobody); },
                ThrowsMessage<std::runtime_error>(HasSubstr("S3 does not answer")));
}

TEST(S3Store, ListsWhatIsOlderAndGivesUpStaleParts) {
    S3Place place;
    const auto now = SystemClock().now();
    const auto old_id = uuid_v7(now - std::chrono::hours(48));
    const auto young_id = uuid_v7(now + std::chrono::hours(1));
    for (const auto& id : {old_id, young_id})
        run(put(&place.store(), id, "bytes"));
    run(place.bucket().begin_parts("files/00/left"));
    const auto older = [&](Time time) {
        std::vector<Uuid> seen;
        place.store().list_older(time, [&](const Uuid& id) { seen.push_back(id); });
        return seen;
    };
    EXPECT_THAT(older(now - std::chrono::hours(24)), IsEmpty());  // its bytes are young
    EXPECT_EQ(place.things(), 3U);
    EXPECT_THAT(older(now + std::chrono::minutes(1)), ElementsAre(old_id));
    EXPECT_EQ(place.things(), 2U);
}

// Beyond what a list has on a page.
TEST(S3Store, ListsPageByPage) {
    S3Place place;
    constexpr std::size_t count = 1005;
    for (std::size_t i = 0; i < count; ++i)
        place.background().start(
            put(&place.store(), uuid_v7(SystemClock().now()), std::to_string(i)));
    place.background().drain();
    std::size_t seen = 0;
    place.store().each_file([&](const Uuid&) { ++seen; });
    EXPECT_EQ(seen, count);
}

task<void> fill_and_leave(blob::BlobStore* store, Uuid id) {
    const auto stage = co_await store->stage(id);
    const auto bytes = bytes_of(kMiB);
    for (int i = 0; i < 30; ++i)
        co_await stage->write(as_bytes(bytes));
}

TEST(S3Store, PartsOfAnUploadThatIsGivenUpGo) {
    S3Place place;
    run(fill_and_leave(&place.store(), new_id()));
    EXPECT_EQ(place.things(), 0U);
}

task<void> damage(blob::s3::Bucket* bucket) {
    // A payload whose hash is that of other bytes.
    class Wrong final : public blob::s3::Payload {
     public:
        std::uint64_t size() const override { return 5; }
        std::string sha256() const override { return hex(handin::sha256("hello")); }
        task<std::string_view> read(std::uint64_t offset) override {
            co_return std::string_view("hellO").substr(offset);
        }
    };
    Wrong wrong;
    co_await bucket->put("files/00/damaged", &wrong);
}

TEST(S3Store, BytesThatChangeOnTheWayAreRefused) {
    S3Place place;
    EXPECT_TRUE(error_of([&] { place.background().run(damage(&place.bucket())); }));
    EXPECT_THAT(place.keys(), IsEmpty());
}

}  // namespace
}  // namespace handin::test
