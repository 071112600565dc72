#include "base/aws_credentials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temporary_folder.hpp"

namespace handin {
namespace {

using test::TemporaryFolder;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(AwsCredentialsTest, ReadsTheFileOfTheCommandLine) {
    const auto found = parse_aws_credentials(
        "# ours\n[other]\naws_access_key_id = no\naws_secret_access_key = no\n\n[default]\r\n"
        "aws_access_key_id=AKID\r\naws_secret_access_key = a/b+c= \naws_session_token = t\n");
    EXPECT_EQ(found.access_key_id, "AKID");
    EXPECT_EQ(found.secret_access_key, "a/b+c=");
    EXPECT_EQ(found.session_token, "t");
    for (const char* text : {"", "aws_access_key_id = x", "[other]\naws_access_key_id=x\n"})
        EXPECT_THROW(parse_aws_credentials(text), std::runtime_error) << text;
}

TEST(AwsCredentialsTest, ReadsTheFileAgainWhenItHasChanged) {
    namespace fs = std::filesystem;
    const TemporaryFolder folder;
    const auto file = folder.path() / "credentials";
    const auto write = [&](const std::string& text, int hours) {
        std::ofstream(file) << text;
        fs::last_write_time(file, fs::file_time_type::clock::now() + std::chrono::hours(hours));
    };
    write("aws_access_key_id=one\naws_secret_access_key=x", 1);
    AwsCredentialSource credentials(file, "--option");
    EXPECT_EQ(credentials.now().access_key_id, "one");
    write("aws_access_key_id=two\naws_secret_access_key=x", 2);
    EXPECT_EQ(credentials.now().access_key_id, "two");
    write("nonsense", 3);
    EXPECT_EQ(credentials.now().access_key_id, "two");
    fs::remove(file);
    EXPECT_EQ(credentials.now().access_key_id, "two");
    EXPECT_THAT([&] { AwsCredentialSource gone(file, "--option"); },
                ThrowsMessage<std::runtime_error>(HasSubstr("--option: cannot read")));
}

}  // namespace
}  // namespace handin
