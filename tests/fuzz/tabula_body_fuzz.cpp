// Fuzzes what systems send to the Tabula API beside files: the JSON of a submission, credentials,
// dates and academic years. Whatever is taken is within bounds. The first byte chooses.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "api/tabula/credentials.hpp"
#include "api/tabula/parameters.hpp"
#include "api/tabula/submit/submission_body.hpp"

using namespace handin;

namespace {

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: %s\n", what);
    std::abort();
}

void submission(std::string_view text) {
    const auto body = tabula::parse_submission(text);
    if (!body) return require(!body.error().empty(), "a refusal without a reason");
    require(body->attachments.size() <= text.size(), "more ids than there can be");
    const auto words = body->declared.word_count.value_or(0);
    require(words >= -2'147'483'648 && words <= 2'147'483'647, "a number beyond all bounds");
}

void dates(std::string_view text) {
    const Time last = Time(std::chrono::sys_days(std::chrono::year(10'001) / 1 / 1));
    for (const auto& time : {tabula::parse_date(text, "Europe/London"),
                             tabula::parse_date_time(text, "Europe/London")})
        require(!time || *time < last, "a time beyond all bounds");
    const auto year = tabula::parse_academic_year(text, Time(), "Europe/London");
    require(!year || (*year >= 0 && *year <= 9999), "a year beyond all bounds");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 3) {
        case 0:
            submission(text);
            break;
        case 1:
            if (const auto found = tabula::parse_basic(text))
                require(!found->username.contains(':'), "a colon in a name");
            break;
        default:
            dates(text);
    }
    return 0;
}
