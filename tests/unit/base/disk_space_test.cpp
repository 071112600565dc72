#include "base/disk_space.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "support/temporary_folder.hpp"

namespace handin::test {
namespace {

TEST(DiskSpace, IsThatOfTheFullestFolder) {
    const TemporaryFolder folder;
    const DiskSpace one({folder.path()}, 1);
    EXPECT_TRUE(one.enough());
    EXPECT_GT(one.free(), 0U);
    EXPECT_FALSE(DiskSpace({folder.path()}, std::numeric_limits<std::uint64_t>::max()).enough());
    // /proc has no room for anything.
    EXPECT_FALSE(DiskSpace({folder.path(), "/proc"}, 1).enough());
    EXPECT_TRUE(DiskSpace({folder.path(), "/proc"}, 0).enough());
}

TEST(DiskSpace, OfWhatCannotBeAskedIsNotSaidToBeMissing) {
    EXPECT_TRUE(DiskSpace({"/no/such/folder"}, 1).enough());
}

}  // namespace
}  // namespace handin::test
