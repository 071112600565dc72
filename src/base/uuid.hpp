// UUIDs: derived (v5) and time-ordered (v7). Rows are keyed by them, bytes in network order.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace handin {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(const Uuid&) const = default;

    // 36 lower-case characters.
    std::string str() const;

    // Accepts any RFC 4122 text form with hyphens, upper or lower case; nullopt otherwise.
    static std::optional<Uuid> parse(std::string_view text);
};

// RFC 9562 5.5: the same name in the same namespace is the same id, on every node.
Uuid uuid_v5(const Uuid& space, std::span<const std::uint8_t> name);
Uuid uuid_v5(const Uuid& space, std::string_view name);

// RFC 9562 5.7: ids made later sort later, to the millisecond. Thread-safe.
Uuid uuid_v7(Time now);

// When a time-ordered id was made, to the millisecond.
Time time_of(const Uuid& v7);

// Random (v4), for request ids and the like.
Uuid uuid_v4();

}  // namespace handin

template <>
struct std::hash<handin::Uuid> {
    std::size_t operator()(const handin::Uuid& id) const noexcept {
        std::uint64_t low = 0;  // v5 and v7 both end in well-mixed bits
        std::memcpy(&low, id.bytes.data() + 8, sizeof low);
        return low;
    }
};
