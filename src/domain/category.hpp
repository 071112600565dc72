// What assignments of a class are sorted by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "base/uuid.hpp"

namespace handin::domain {

struct Category {
    Uuid id;
    Uuid class_id;
    std::string title;
    std::optional<double> weight = {};             // of its grades, as the class counts them
    std::optional<std::int64_t> drop_lowest = {};  // so many of its grades do not count
    std::optional<std::int64_t> position = {};
    Time created_at;
    Time updated_at;
};

}  // namespace handin::domain
