// What an assignment says that no rule here asks about: kept for those who read it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.hpp"

namespace handin::domain {

// Something that students are given to work with: a text, or a link if there is a url.
struct Material {
    std::string title = {};
    std::string description = {};
    std::string url = {};
    std::string text = {};

    bool operator==(const Material&) const = default;
};

struct AssignmentDetails {
    std::string plain_description = {};  // without markup; empty: as follows from the other
    std::vector<Material> materials = {};
    std::vector<Uuid> section_ids = {};
    std::optional<Uuid> category_id = {};
    std::optional<Uuid> session_id = {};
    std::optional<Uuid> module_id = {};
    std::optional<Uuid> rubric_id = {};
    std::optional<Uuid> parent_id = {};  // of copies in several classes
    // By the name of an API: a JSON object that only it understands.
    std::map<std::string, std::string> extras = {};

    bool operator==(const AssignmentDetails&) const = default;
};

}  // namespace handin::domain
