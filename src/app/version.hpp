#pragma once

namespace handin::app {

inline constexpr auto kVersion = "handin 0.1.0";

}  // namespace handin::app
