// Uploads, what they take, and their end.
#include <algorithm>

#include "store/store_suite.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Upload;
using store::Reader;

Upload an_upload(std::string_view name, Time expires_at) {
    return {.id = id_of(name),
            .account_id = id_of("account"),
            .person_id = id_of("person"),
            .kind = Upload::Kind::joined,
            .length = 5'000'000'000,
            .received = 4'000'000'000,
            .filename = "na\xc3\xafve.txt",
            .media_type = "text/plain",
            .metadata = "filename bmFpdmU=",
            .parts = {id_of("1"), id_of("2")},
            .created_at = kNow,
            .expires_at = expires_at};
}

Upload complete(Upload upload, bool in_row) {
    upload.state = Upload::State::finished;
    upload.length = upload.received;
    upload.bytes = {.storage_id = id_of("bytes"),
                    .size = upload.received,
                    .sha256 = sha256("x"),
                    .sha1 = {1, 2, 3},
                    .in_row = in_row};
    return upload;
}

TEST_P(StoreSuite, UploadsAreKeptInEveryState) {
    auto upload = an_upload("a", kNow);
    auto untold = an_upload("b", kNow);
    untold.length.reset();
    untold.parts.clear();
    domain::Changes changes;
    changes.uploads = {upload, untold};
    changes.upload_usages = {{.owner_id = id_of("person"), .bytes = 7, .uploads = 2}};
    commit(changes);
    store().read_now([&](Reader& reader) {
        EXPECT_TRUE(same(reader.upload(upload.id).value(), upload));
        EXPECT_TRUE(same(reader.upload(untold.id).value(), untold));
        EXPECT_FALSE(reader.upload(id_of("c")));
        EXPECT_EQ(reader.upload_usage(id_of("person"))->bytes, 7);
        EXPECT_FALSE(reader.upload_usage(id_of("account")));
    });
    upload = complete(upload, false);
    changes = {};
    changes.uploads = {upload};
    commit(changes);
    reopen();
    domain::Keys keys;
    keys.uploads = {upload.id, id_of("c")};
    keys.upload_usages = {id_of("person")};
    const auto state = load(keys);
    EXPECT_TRUE(same(state.uploads.at(upload.id).value(), upload));
    EXPECT_FALSE(state.uploads.at(id_of("c")));
    EXPECT_EQ(state.upload_usages.at(id_of("person"))->uploads, 2);
}

TEST_P(StoreSuite, ExpiredUploadsAreFoundOldestFirst) {
    domain::Changes changes;
    changes.uploads = {an_upload("late", kNow + 2h), an_upload("early", kNow - 2h),
                       an_upload("now", kNow), an_upload("before", kNow - 1h)};
    commit(changes);
    store().read_now([&](Reader& reader) {
        using Ids = std::vector<Uuid>;
        EXPECT_EQ(reader.expired_uploads(kNow, 9),
                  (Ids{id_of("early"), id_of("before"), id_of("now")}));
        EXPECT_EQ(reader.expired_uploads(kNow, 1), Ids{id_of("early")});
    });
}

TEST_P(StoreSuite, ARemovedUploadTakesItsRowBytesAlongUnlessItWasHandedIn) {
    for (const auto final_state : {Upload::State::finished, Upload::State::attached}) {
        auto upload = complete(an_upload("a", kNow), true);
        domain::Changes changes;
        changes.uploads = {upload};
        changes.row_bytes = {{id_of("bytes"), "abc"}};
        changes.upload_usages = {{.owner_id = id_of("person"), .bytes = 3, .uploads = 1}};
        commit(changes);
        upload.state = final_state;
        changes = {};
        changes.removed_uploads = {upload};
        changes.upload_usages = {{.owner_id = id_of("person"), .bytes = 0, .uploads = 0}};
        commit(changes);
        store().read_now([&](Reader& reader) {
            EXPECT_FALSE(reader.upload(upload.id));
            EXPECT_FALSE(reader.upload_usage(id_of("person")));
            if (final_state == Upload::State::attached)
                EXPECT_EQ(reader.row_bytes(id_of("bytes")), "abc");
            else
                EXPECT_THROW(reader.row_bytes(id_of("bytes")), std::runtime_error);
        });
    }
}

TEST_P(StoreSuite, UploadsNameTheirFilesAlsoBeforeTheirRowsSayThatTheyAreComplete) {
    const auto receiving = an_upload("receiving", kNow);
    const auto finished = complete(an_upload("finished", kNow), false);
    domain::Changes changes;
    changes.uploads = {receiving, finished};
    commit(changes);
    std::vector<Uuid> ids{receiving.id, finished.bytes.storage_id, id_of("stranger")};
    std::ranges::sort(ids);
    EXPECT_EQ(ask([&](Reader& reader) { return reader.unnamed_files(ids); }),
              std::vector<Uuid>{id_of("stranger")});
}

}  // namespace
}  // namespace handin::test
