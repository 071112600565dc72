#include "base/log.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace handin::log {
namespace {

namespace json = boost::json;

class LogTest : public testing::Test {
 protected:
    void SetUp() override { testing::internal::CaptureStderr(); }
    void TearDown() override {
        if (!taken_) testing::internal::GetCapturedStderr();
        set_level(Level::info);
    }
    std::string written() {
        taken_ = true;
        return testing::internal::GetCapturedStderr();
    }

 private:
    bool taken_ = false;
};

TEST_F(LogTest, WritesOneJsonObjectALine) {
    const std::string text = "line\n\"quoted\" {} {0} %v \\";
    warn("a message {}", {{"text", text},
                          {"literal", "x"},
                          {"int", -5},
                          {"size", std::size_t{7}},
                          {"real", 2.5},
                          {"flag", true}});
    const auto line = written();
    ASSERT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    const auto object = json::parse(line).as_object();
    EXPECT_EQ(object.at("level").as_string(), "warn");
    EXPECT_EQ(object.at("message").as_string(), "a message {}");
    EXPECT_EQ(object.at("text").as_string(), text);
    EXPECT_EQ(object.at("literal").as_string(), "x");
    EXPECT_EQ(object.at("int"), -5);
    EXPECT_EQ(object.at("size"), 7);
    EXPECT_EQ(object.at("real"), 2.5);
    EXPECT_EQ(object.at("flag"), true);
    EXPECT_EQ(object.at("time").as_string().size(), std::string("2025-08-05T23:05:25.419Z").size());
}

TEST_F(LogTest, StaysJsonWhateverComes) {
    info("odd", {{"latin1", "caf\xe9"},
                 {"nan", std::nan("")},
                 {"inf", std::numeric_limits<double>::infinity()},
                 {"big", 1e300},
                 {"zero", std::string_view("\0", 1)}});
    const auto object = json::parse(written()).as_object();
    EXPECT_EQ(object.at("latin1").as_string(), "caf\ufffd");
    EXPECT_TRUE(object.at("nan").is_null());
    EXPECT_TRUE(object.at("inf").is_null());
    EXPECT_EQ(object.at("big"), 1e300);
    EXPECT_EQ(object.at("zero").as_string(), json::string_view("\0", 1));
}

TEST_F(LogTest, LeavesOutWhatIsBelowTheLevel) {
    set_level(Level::warn);
    debug("no");
    info("no");
    EXPECT_FALSE(enabled(Level::info));
    EXPECT_TRUE(enabled(Level::error));
    EXPECT_EQ(written(), "");
}

TEST_F(LogTest, LinesOfSeveralThreadsDoNotMix) {
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([i] {
                for (int j = 0; j < 200; ++j)
                    info("at once", {{"thread", i}, {"round", j}});
            });
    }
    const auto text = written();
    std::size_t lines = 0;
    for (std::size_t at = 0; at < text.size(); ++lines) {
        const auto end = text.find('\n', at);
        ASSERT_NE(end, std::string::npos);
        EXPECT_NO_THROW(json::parse(json::string_view(text).substr(at, end - at)));
        at = end + 1;
    }
    EXPECT_EQ(lines, 800U);
}

}  // namespace
}  // namespace handin::log
