#include "http/target.hpp"

#include <gtest/gtest.h>

namespace handin::http {
namespace {

struct Case {
    std::string_view text, form, path, query, host;
};

TEST(Target, Forms) {
    const Case cases[] = {
        {"/", "/", "/", "", ""},
        {"/a/b?c=d?e", "/a/b?c=d?e", "/a/b", "c=d?e", ""},
        {"/a?", "/a?", "/a", "", ""},
        {"/a?u=http://x/", "/a?u=http://x/", "/a", "u=http://x/", ""},
        {"//a", "//a", "//a", "", ""},
        {"http://h/a?b", "/a?b", "/a", "b", "h"},
        {"HTTPS://h:1/", "/", "/", "", "h:1"},
        {"http://[::1]:80/a", "/a", "/a", "", "[::1]:80"},
        {"http://h", "/", "/", "", "h"},
        {"http://h?b", "?b", "/", "b", "h"},
    };
    for (const auto& wanted : cases) {
        SCOPED_TRACE(wanted.text);
        const auto target = read_target(wanted.text, Method::get);
        ASSERT_TRUE(target);
        EXPECT_EQ(target->text, wanted.form);
        EXPECT_EQ(target->path, wanted.path);
        EXPECT_EQ(target->query, wanted.query);
        EXPECT_EQ(target->host, wanted.host);
    }
    EXPECT_TRUE(read_target("*", Method::options));
    for (const auto* text : {"", "*", "*x", "a", "?b", "h:80", "ftp://h/", "http://", "http:///a",
                             "http://u@h/", "://h/", "javascript:x"}) {
        EXPECT_FALSE(read_target(text, Method::get)) << text;
    }
}

}  // namespace
}  // namespace handin::http
