// What happened, complete in itself: an event can be rendered years later from its own row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "domain/coursework.hpp"
#include "domain/roster.hpp"

namespace handin::domain {

// The request that caused an event (canvas-live-events.md 1.2).
struct RequestFacts {
    std::string request_id;
    std::string session_id;
    std::string hostname;
    std::string http_method;
    std::string url;
    std::string referrer;  // empty: none
    std::string user_agent;
    std::string client_ip;
};

// The person who acted; absent when an integration or an API user did.
struct ActorFacts {
    std::int64_t number = 0;
    std::string login;
    std::string sis_id;
    std::string time_zone;
    Role role = Role::student;  // in the class
};

// A submission as an event shows it, before or after.
struct SubmissionFacts {
    std::uint32_t attempts = 0;
    bool reclaimed = false;
    std::optional<Time> submitted_at;
    Time updated_at;
    bool late = false;
    bool missing = false;
    std::optional<AttachmentKind> kind;  // of the last attempt: file before text before link
    std::optional<std::string> text;     // the first 8192 code points and more of a text
    std::optional<std::string> url;      // of a link
    // The grade, whether or not the student sees it.
    bool graded = false;            // the last attempt is judged
    bool grading_complete = false;  // and there is a score, or none is needed
    bool excused = false;
    std::optional<double> score = {};
    std::string grade = {};
    std::optional<Time> graded_at = {};
    std::optional<std::int64_t> grader_number = {};
    std::optional<Time> posted_at = {};
};

// What a grade is out of, and whose it is.
struct GradeFacts {
    std::string assignment_title;
    std::optional<double> points_possible;
    std::string person_sis_id;
};

struct CommentFacts {
    std::int64_t number = 0;
    std::optional<std::int64_t> author_number;
    Time created_at;
    std::string text;  // the first 8192 code points and more
};

// An assignment as an event shows it.
struct AssignmentFacts {
    std::string title;
    std::string description;  // the first 8192 code points and more
    std::optional<Time> open_at;
    std::optional<Time> due_at;
    std::optional<Time> close_at;
    std::optional<double> points_possible;
    std::uint32_t kinds = 0;  // one bit an AttachmentKind
    bool anonymous = false;   // so marked
    bool published = true;
    bool deleted = false;
    Time updated_at;
};

struct Event {
    // In the order in which they are stored.
    enum class Kind : std::uint8_t {
        submission_created,
        submission_reclaimed,
        submission_updated,
        grade_changed,
        submission_returned,
        dates_changed,  // of the student
        submission_commented,
        assignment_created,  // these two name no person, and the assignment as their submission
        assignment_updated,  // also when it is taken away
    };

    Uuid id;
    Kind kind = Kind::submission_created;
    Time at;
    Uuid account_id;
    std::int64_t shard = 1;
    std::int64_t account_number = 1;
    std::string account_token;
    std::string account_lti_guid;
    Origin origin = Origin::handin;
    RequestFacts request;
    std::optional<ActorFacts> actor;
    std::optional<std::int64_t> integration_number;  // of the application that acted for them
    Uuid class_id;
    std::int64_t class_number = 0;
    std::string class_sis_id;
    Uuid assignment_id;
    std::int64_t assignment_number = 0;
    Uuid submission_id;
    std::int64_t submission_version = 0;  // orders the events of one submission
    Uuid person_id;
    std::int64_t person_number = 0;
    std::string person_lti_id;
    std::optional<std::int64_t> group_number;  // of a group that hands in together
    SubmissionFacts before;
    SubmissionFacts after;
    std::optional<GradeFacts> grade = {};            // grade_changed
    std::optional<CommentFacts> comment = {};        // submission_commented
    std::optional<AssignmentFacts> assignment = {};  // assignment_created, assignment_updated

    bool of_assignment() const {
        return kind == Kind::assignment_created || kind == Kind::assignment_updated;
    }
};

// A text longer than this is cut by every event form; a little more is kept so that they can tell.
inline constexpr std::size_t kEventTextCodePoints = 8192;

}  // namespace handin::domain
