// Settings: flag before environment before file before default.
#include "app/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "support/temporary_folder.hpp"

namespace handin::test {
namespace {

using app::Config;
using testing::AllOf;
using testing::HasSubstr;

// A variable of the environment that goes with it.
class Variable {
 public:
    Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

 private:
    const char* name_;
};

class ConfigTest : public testing::Test {
 protected:
    // As main() reads them. Throws what it would report.
    Config read(std::vector<std::string> flags, const std::string& file = "") {
        Config config;
        CLI::App command;
        app::add_options(command, config);
        if (!file.empty()) flags.push_back("--config=" + write(file));
        std::ranges::reverse(flags);  // as CLI::App::parse wants them
        command.parse(flags);
        if (!config.config_file.empty()) app::read_config_file(command, config.config_file);
        return config;
    }

    // What it would report about that file.
    std::string complaint(const std::string& file) {
        try {
            read({}, file);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "none";
    }

    std::string write(const std::string& text) {
        const auto path = folder_.path() / "handin.toml";
        std::ofstream(path) << text;
        return path.string();
    }

    TemporaryFolder folder_;
};

TEST_F(ConfigTest, Defaults) {
    const auto config = read({});
    EXPECT_EQ(config.listen, "127.0.0.1:8080");
    EXPECT_EQ(config.data, "handin-data");
    EXPECT_EQ(config.database, "");
    EXPECT_EQ(config.blobs, "");
    EXPECT_EQ(config.log_level, "info");
    EXPECT_EQ(config.max_body_bytes, 32U * 1024 * 1024);  // edlink.md 2.1
    EXPECT_EQ(config.students, 30U);                      // DESIGN 7
    EXPECT_FALSE(config.demo);
    EXPECT_TRUE(config.receipts);
    EXPECT_TRUE(config.trusted_proxies.empty());
}

TEST_F(ConfigTest, FlagThenEnvironmentThenFileThenDefault) {
    const std::string file = "max_connections = 3\n";
    EXPECT_EQ(read({}).max_connections, 10'000U);
    EXPECT_EQ(read({}, file).max_connections, 3U);
    const Variable variable("HANDIN_MAX_CONNECTIONS", "2");
    EXPECT_EQ(read({}).max_connections, 2U);
    EXPECT_EQ(read({}, file).max_connections, 2U);
    EXPECT_EQ(read({"--max-connections=1"}).max_connections, 1U);
    EXPECT_EQ(read({"--max-connections=1"}, file).max_connections, 1U);
}

TEST_F(ConfigTest, ADefaultThatIsGivenStillWins) {
    EXPECT_EQ(read({"--listen=127.0.0.1:8080"}, "listen = \"0.0.0.0:1\"").listen, "127.0.0.1:8080");
}

TEST_F(ConfigTest, TheFileMayBeNamedByTheEnvironment) {
    const Variable variable("HANDIN_CONFIG", write("students = 7").c_str());
    EXPECT_EQ(read({}).students, 7U);
}

// edlink.md 2.4
TEST_F(ConfigTest, StatusOfABadToken) {
    EXPECT_EQ(read({}).edlink_token_status, 401);
    EXPECT_EQ(read({"--edlink-token-status=400"}).edlink_token_status, 400);
    EXPECT_EQ(read({}, "edlink_token_status = 400").edlink_token_status, 400);
    EXPECT_THROW(read({"--edlink-token-status=403"}), CLI::Error);
}

TEST_F(ConfigTest, ReceiptsAreOnOrOff) {
    EXPECT_FALSE(read({"--receipts=off"}).receipts);
    EXPECT_TRUE(read({"--receipts=on"}, "receipts = \"off\"").receipts);
    EXPECT_FALSE(read({}, "receipts = \"off\"").receipts);
}

// Each setting has one name: with hyphens, with underscores, in capitals.
TEST_F(ConfigTest, EverySettingCanComeFromAFile) {
    const auto config = read({}, R"(
        listen = "[::1]:81"
        data = "/d"
        database = "sqlite:/db"
        blobs = "file:/b"
        log_level = "warn"
        receipts = false
        threads = 5
        sync_threads = 6
        max_connections = 7
        max_head_bytes = 2048
        max_body_bytes = 4096
        max_waiting = 10
        head_timeout = 11
        body_idle_timeout = 12
        write_timeout = 13
        min_reply_rate = 18
        keep_alive_timeout = 14
        shutdown_timeout = 15
        trusted_proxies = ["192.0.2.1", "192.0.2.2"]
        demo = true
        students = 16
        classes = 17
    )");
    EXPECT_EQ(config.listen, "[::1]:81");
    EXPECT_EQ(config.data, "/d");
    EXPECT_EQ(config.database, "sqlite:/db");
    EXPECT_EQ(config.blobs, "file:/b");
    EXPECT_EQ(config.log_level, "warn");
    EXPECT_FALSE(config.receipts);
    EXPECT_EQ(config.threads, 5U);
    EXPECT_EQ(config.sync_threads, 6U);
    EXPECT_EQ(config.max_connections, 7U);
    EXPECT_EQ(config.max_head_bytes, 2048U);
    EXPECT_EQ(config.max_body_bytes, 4096U);
    EXPECT_EQ(config.max_waiting, 10U);
    EXPECT_EQ(config.head_timeout, 11U);
    EXPECT_EQ(config.body_idle_timeout, 12U);
    EXPECT_EQ(config.write_timeout, 13U);
    EXPECT_EQ(config.min_reply_rate, 18U);
    EXPECT_EQ(config.keep_alive_timeout, 14U);
    EXPECT_EQ(config.shutdown_timeout, 15U);
    EXPECT_EQ(config.trusted_proxies, (std::vector<std::string>{"192.0.2.1", "192.0.2.2"}));
    EXPECT_TRUE(config.demo);
    EXPECT_EQ(config.students, 16U);
    EXPECT_EQ(config.classes, 17U);
}

TEST_F(ConfigTest, HyphensInTheFileAreUnderscoresToo) {
    EXPECT_EQ(read({}, "max-connections = 5").max_connections, 5U);
    EXPECT_FALSE(read({}, "demo = false").demo);
}

TEST_F(ConfigTest, ListsInEveryWay) {
    const std::vector<std::string> both{"192.0.2.1", "192.0.2.2"};
    EXPECT_EQ(read({"--trusted-proxies=192.0.2.1,192.0.2.2"}).trusted_proxies, both);
    EXPECT_EQ(read({}, "trusted_proxies = \"192.0.2.1,192.0.2.2\"").trusted_proxies, both);
    const Variable variable("HANDIN_TRUSTED_PROXIES", "192.0.2.1,192.0.2.2");
    EXPECT_EQ(read({}).trusted_proxies, both);
}

TEST_F(ConfigTest, TellsWhereTheFileIsWrong) {
    const struct {
        const char *file, *line, *key;
    } cases[] = {
        {"# a comment\n\nmax_conections = 1", ":3:", "max_conections"},
        {"config = \"other.toml\"", ":1:", "config"},
        {"students = 1\nmax_connections = 0", ":2:", "max_connections"},
        {"students = -1", ":1:", "students"},
        {"students = \"many\"", ":1:", "students"},
        {"students = 1.5", ":1:", "students"},
        {"head_timeout = 90000", ":1:", "head_timeout"},
        {"log_level = \"loud\"", ":1:", "log_level"},
        {"[limits]\nthreads = 1", ":1:", "limits"},
        {"max_body_bytes = 1", ":1:", "max_body_bytes"},
        {"trusted_proxies = [[1]]", ":1:", "trusted_proxies"},
        {"students = 1\nstudents = 2", ":2:", "students"},  // TOML itself forbids it
        {"students = ", ":1:", ""},
    };
    for (const auto& [file, line, key] : cases)
        EXPECT_THAT(complaint(file),
                    AllOf(HasSubstr("handin.toml"), HasSubstr(line), HasSubstr(key)))
            << file;
    EXPECT_THAT(complaint("max_conections = 1"), HasSubstr("there is no such setting"));
}

TEST_F(ConfigTest, TellsWhenThereIsNoFile) {
    EXPECT_THROW(read({"--config=/nowhere/handin.toml"}), std::runtime_error);
}

TEST_F(ConfigTest, RefusesBadFlagsAndVariables) {
    for (const std::string flag : {"--students=0", "--students=many", "--log-level=loud",
                                   "--max-connections=-1", "--no-such-setting=1", "--threads=257"})
        EXPECT_THROW(read({flag}), CLI::Error) << flag;
    const Variable variable("HANDIN_STUDENTS", "0");
    EXPECT_THROW(read({}), CLI::Error);
}

TEST(Address, IsHostAndPort) {
    const struct {
        const char *text, *host;
        std::uint16_t port;
    } cases[] = {
        {"127.0.0.1:8080", "127.0.0.1", 8080},
        {"0.0.0.0:0", "0.0.0.0", 0},
        {"localhost:65535", "localhost", 65535},
        {"[::1]:80", "::1", 80},
        {"[::]:1", "::", 1},
    };
    for (const auto& [text, host, port] : cases) {
        const auto address = app::parse_address(text);
        EXPECT_EQ(address.host, host) << text;
        EXPECT_EQ(address.port, port) << text;
    }
}

TEST(Address, TellsWhatIsNone) {
    for (const std::string text :
         {"", ":", "8080", "localhost", "localhost:", ":8080", "localhost:http", "localhost:-1",
          "localhost:65536", "localhost:80x", "localhost: 80", "127.0.0.1:8080:"})
        try {
            (void)app::parse_address(text);
            ADD_FAILURE() << text << " was taken";
        } catch (const std::runtime_error& error) {
            EXPECT_THAT(error.what(), AllOf(HasSubstr("--listen"), HasSubstr("'" + text + "'")));
        }
}

}  // namespace
}  // namespace handin::test
