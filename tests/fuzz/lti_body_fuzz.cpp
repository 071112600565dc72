// The body of /api/lti/subscriptions, as JSON or as a form: a wish or a sentence, nothing else.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "api/admin/lti_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string body(reinterpret_cast<const char*>(data + 1), size - 1);
    const handin::domain::Account account;
    const auto wish = handin::admin::parse_lti(
        data[0] % 2 == 0 ? "application/json" : "application/x-www-form-urlencoded", body, account);
    if (!wish && wish.error().empty()) std::abort();
    return 0;
}
