#include "blob/passing.hpp"

#include <algorithm>
#include <array>

namespace handin::blob {

bool is_passing(const std::system_error& error) {
    static constexpr std::array passing{std::errc::resource_unavailable_try_again,
                                        std::errc::connection_refused, std::errc::connection_reset,
                                        std::errc::timed_out, std::errc::host_unreachable};
    return std::ranges::any_of(passing, [&](std::errc code) { return error.code() == code; });
}

}  // namespace handin::blob
