#include "scan/clamd.hpp"

#include <gtest/gtest.h>

namespace handin::test {
namespace {

using scan::read_answer;
using Kind = scan::Verdict::Kind;

TEST(Clamd, ReadsAnswers) {
    const struct {
        std::string_view text;
        Kind kind;
        std::string_view detail;
    } cases[] = {
        {"stream: OK", Kind::clean, ""},
        {"stream: Eicar-Test-Signature FOUND", Kind::infected, "Eicar-Test-Signature"},
        {"stream: A name with FOUND in it FOUND", Kind::infected, "A name with FOUND in it"},
        {"INSTREAM size limit exceeded. ERROR", Kind::too_large, ""},
        {"COMMAND READ TIMED OUT", Kind::unavailable, "clamd: COMMAND READ TIMED OUT"},
        {"stream: Can't allocate memory ERROR", Kind::unavailable,
         "clamd: stream: Can't allocate memory ERROR"},
        // What is not understood is never a pass.
        {"stream: OK.", Kind::unavailable, "clamd: stream: OK."},
        {"stream:  FOUND", Kind::unavailable, "clamd: stream:  FOUND"},
        {"OK", Kind::unavailable, "clamd: OK"},
        {"", Kind::unavailable, "clamd: "},
    };
    for (const auto& c : cases) {
        const auto verdict = read_answer(c.text);
        EXPECT_EQ(verdict.kind, c.kind) << c.text;
        EXPECT_EQ(verdict.detail, c.detail);
    }
}

TEST(Clamd, RefusesWhatIsNoAddress) {
    for (const auto* address : {"", "clamd", "unix:", ":3310", "host:", "[]:1"})
        EXPECT_THROW(scan::Clamd({.address = address}), std::runtime_error) << address;
    for (const auto* address : {"unix:/run/clamd.sock", "localhost:3310", "[::1]:3310"})
        EXPECT_NO_THROW(scan::Clamd({.address = address})) << address;
}

}  // namespace
}  // namespace handin::test
