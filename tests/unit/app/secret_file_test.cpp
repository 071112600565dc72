// Small files that only their owner may read, there whole or not at all.
#include "app/secret_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "support/temporary_folder.hpp"

namespace handin::test {
namespace {

namespace fs = std::filesystem;
using app::read_text;
using app::write_secret;

class SecretFile : public testing::Test {
 protected:
    static unsigned mode_of(const fs::path& file) {
        struct stat found{};
        EXPECT_EQ(::stat(file.c_str(), &found), 0);
        return found.st_mode & 0777U;
    }

    TemporaryFolder folder_;
    fs::path file_ = folder_.path() / "secret";
};

TEST_F(SecretFile, IsItsOwnersOnly) {
    const auto before = ::umask(0);
    write_secret(file_, "text");
    ::umask(before);
    EXPECT_EQ(mode_of(file_), 0600U);
    EXPECT_EQ(read_text(file_), "text");
}

TEST_F(SecretFile, IsReplacedWhole) {
    std::ofstream(file_) << "something longer that everybody may read";
    fs::permissions(file_, fs::perms::all);
    write_secret(file_, "new");
    EXPECT_EQ(read_text(file_), "new");
    EXPECT_EQ(mode_of(file_), 0600U);
    // Nothing else is left in the folder.
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

TEST_F(SecretFile, MayHaveAnyBytes) {
    std::string bytes(100'000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(i);
    write_secret(file_, bytes);
    EXPECT_TRUE(read_text(file_) == bytes);
    write_secret(file_, "");
    EXPECT_EQ(read_text(file_), "");
    EXPECT_EQ(read_text(folder_.path() / "nowhere"), std::nullopt);
}

// A reader sees the one or the other, never a part.
TEST_F(SecretFile, IsNeverSeenInPart) {
    const std::string one(50'000, '1'), two(70'000, '2');
    write_secret(file_, one);
    std::atomic<bool> stop = false;
    std::atomic<int> seen = 0, broken = 0;
    std::jthread reader([&] {
        while (!stop) {
            const auto text = read_text(file_);
            if (text != one && text != two) ++broken;
            ++seen;
        }
    });
    while (seen == 0)
        std::this_thread::yield();
    for (int i = 0; i < 30; ++i)
        write_secret(file_, i % 2 == 0 ? two : one);
    stop = true;
    reader.join();
    EXPECT_EQ(broken, 0);
}

TEST_F(SecretFile, SaysWhenItCannotBeWritten) {
    EXPECT_THROW(write_secret(folder_.path() / "nowhere" / "secret", "text"), std::system_error);
    write_secret(file_, "old");
    fs::create_directory(folder_.path() / "secret.new");
    EXPECT_THROW(write_secret(file_, "text"), std::system_error);
    EXPECT_EQ(read_text(file_), "old");  // as it was
}

TEST_F(SecretFile, LiesInAFolderOfItsOwnersOnly) {
    const auto inner = folder_.path() / "a" / "b" / "c";
    for (int start = 0; start < 2; ++start) {
        app::make_private_folder(inner);
        EXPECT_EQ(mode_of(inner), 0700U);
        write_secret(inner / "secret", "text");
    }
    app::make_private_folder(folder_.path() / "d" / "");
    EXPECT_TRUE(fs::is_directory(folder_.path() / "d"));
    EXPECT_THROW(app::make_private_folder(inner / "secret"), std::system_error);
}

}  // namespace
}  // namespace handin::test
