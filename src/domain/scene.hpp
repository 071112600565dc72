// What commands about one student's submission have in common: the rows they rely on, repeats, and
// the events that tell of them.
#pragma once

#include <optional>

#include "domain/decide.hpp"

namespace handin::domain {

// Views of rows that are loaded, and the submission as it is before the command.
struct Scene {
    const Account& account;
    const Class& klass;
    const Assignment& assignment;
    const Person& person;
    const Group* group;  // of the person, where work is a group's; null: none
    Submission submission;
};

// The rows must be there (Keys), but for the submission's and the group's.
Scene scene_of(const State& state, const Uuid& account, const Uuid& klass, const Uuid& assignment,
               const Uuid& person);

// An earlier command with the same key, if there was one and it is not forgotten (edlink.md 2.2).
const Replay* find_replay(const Submission& submission, const std::optional<ReplayKey>& key,
                          Time now);

// So many keys of commands that say something of the work are remembered with it: those who grade
// may send any number of them, and each change writes the whole row.
inline constexpr std::size_t kMostMarkKeys = 100;

// Lets a repeat of the command that has made `submission` what it is find its answer.
enum class Told : std::uint8_t { handed_in, marked };
void remember(Submission& submission, const std::optional<ReplayKey>& key, Told what, Time now);

// What the reply is made of.
void leave(Accepted& accepted, Submission after, const Assignment& assignment, Time now);

// Who does it, through what.
struct Deed {
    const Actor& actor;
    Origin origin;
};

// Of something in a class: who did it and where.
Event class_event(Event::Kind kind, const Uuid& id, const State& state, const Account& account,
                  const Class& klass, const Deed& deed, RequestFacts request, Time now);

// Of one submission. Without what only some kinds of events tell.
Event event_of(Event::Kind kind, const Uuid& id, const State& state, const Scene& scene,
               const Deed& deed, RequestFacts request, const Submission& after, Time now);

// The id of the nth thing that one command makes; the first has the given one. Ids stay in the
// order of time, and in that of n.
Uuid nth_id(const Uuid& first, std::size_t n);

}  // namespace handin::domain
