// What is left of HTML without its markup.
#include "api/edlink/plain_text.hpp"

#include <gtest/gtest.h>

namespace handin::test {
namespace {

TEST(PlainText, Cases) {
    constexpr std::pair<std::string_view, std::string_view> cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"<p>One</p><p>Two</p>", "One Two"},
        {"<b>Bold</b> and <i>not</i>", "Bold and not"},
        {"  a \n\t b  ", "a b"},
        {"1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"},
        {"&quot;it&#39;s&quot;&nbsp;here", "\"it's\" here"},
        {"1 < 2", "1 < 2"},
        {"a<br/>b", "a b"},
        {"<!-- no -->yes", "yes"},
        {"cut <b", "cut"},
        {"&unknown;", "&unknown;"},
        {"&amp;lt;", "&lt;"},
    };
    for (const auto& [html, text] : cases)
        EXPECT_EQ(edlink::plain_text(html), text) << html;
}

}  // namespace
}  // namespace handin::test
