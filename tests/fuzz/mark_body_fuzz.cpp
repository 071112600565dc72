// Fuzzes the body of Edlink's "Grade Submission": whatever it asks for is within bounds, or
// refused.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "api/edlink/date_time.hpp"
#include "api/edlink/mark_body.hpp"

using namespace handin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    domain::MarkSubmission command{};
    std::vector<edlink::Notice> warnings;
    const auto errors = edlink::read_mark_body(body, command, warnings);
    if (errors.empty() && command.extra_attempts &&
        (*command.extra_attempts > 1'000'000'000 || *command.extra_attempts < -1'000'000'000)) {
        std::fprintf(stderr, "fuzz: a number beyond all bounds\n");
        std::abort();
    }
    (void)edlink::parse_date_time(body);
    return 0;
}
