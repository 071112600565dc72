// Setting an assignment, changing it, taking it away.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/access.hpp"
#include "domain/coursework.hpp"
#include "domain/event.hpp"

namespace handin::domain {

// What an assignment is to say. What is left out stays as it is; of a new one, as usual.
struct AssignmentFields {
    std::optional<std::string> title = {};
    std::optional<std::string> description = {};
    std::optional<bool> published = {};
    std::optional<bool> locked = {};
    std::optional<std::optional<Time>> display_at = {};
    std::optional<std::optional<Time>> open_at = {};
    std::optional<std::optional<Time>> due_at = {};
    std::optional<std::optional<Time>> close_at = {};
    std::optional<std::optional<double>> points_possible = {};
    std::optional<AttachmentKinds> kinds = {};
    std::optional<std::optional<std::int64_t>> max_attempts = {};
    std::optional<Resubmission> resubmission = {};
    std::optional<bool> everybody = {};
    std::optional<std::vector<Uuid>> assignees = {};  // in any order

    std::optional<GradingType> grading = {};
    std::optional<GradeScheme> scheme = {};
    std::optional<PostPolicy> posting = {};
    std::optional<GroupPolicy> groups = {};
    std::optional<Anonymity> marking = {};
    std::optional<WordCountRule> word_count = {};
    std::optional<FileRules> files = {};
    std::optional<bool> late_allowed = {};
    std::optional<bool> again_only_on_time = {};

    std::optional<std::string> plain_description = {};
    std::optional<std::vector<Material>> materials = {};
    std::optional<std::vector<Uuid>> section_ids = {};
    std::optional<std::optional<Uuid>> category_id = {};
    std::optional<std::optional<Uuid>> session_id = {};
    std::optional<std::optional<Uuid>> module_id = {};
    std::optional<std::optional<Uuid>> rubric_id = {};
    std::optional<std::optional<Uuid>> parent_id = {};
    std::map<std::string, std::string> extras = {};  // these replace those of the same name
};

// Taken away it is gone for everybody; what was handed in for it stays kept.
struct ChangeAssignment {
    enum class Kind : std::uint8_t { create, update, remove };

    Kind kind = Kind::create;
    Actor actor;
    Origin origin = Origin::handin;
    Uuid class_id;
    Uuid assignment_id;  // of a new one too
    Uuid event_id;
    std::optional<ReplayKey> replay_key;
    RequestFacts request;
    bool granted = false;  // to the actor, who needs no role in the class then (domain/may.hpp)
    AssignmentFields fields = {};  // not of `remove`
};

}  // namespace handin::domain
