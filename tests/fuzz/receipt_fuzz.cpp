// Fuzzes the readers of receipts and key sets: what is taken as a receipt must be, but for white
// space, what render() writes, and must not break check(); a key set must survive being written.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "receipt/canonical_json.hpp"
#include "receipt/receipt.hpp"

namespace receipt = handin::receipt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto read = receipt::parse(text)) {
        if (receipt::render(*read) != receipt::without_white_space(text)) std::abort();
        static_cast<void>(receipt::check(*read));
    }
    if (const auto keys = receipt::parse_jwks(text))
        if (receipt::parse_jwks(receipt::jwks(*keys)) != *keys) std::abort();
    return 0;
}
