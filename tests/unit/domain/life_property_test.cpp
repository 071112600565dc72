// Whatever students do in whatever order: the invariants of DESIGN 10.2 to 10.4.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "domain/desk.hpp"
#include "domain/state.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Origin;
using domain::Resubmission;

struct Step {
    bool submit = true;
    bool first_student = true;
    Origin origin = Origin::edlink;
    int key = 0;  // 0: none
    int minutes = 0;
};

std::ostream& operator<<(std::ostream& out, const Step& s) {
    return out << (s.submit ? "submit" : "reclaim") << (s.first_student ? " A" : " B") << " origin "
               << static_cast<int>(s.origin) << " key " << s.key << " after " << s.minutes
               << " min";
}

rc::Gen<Step> step() {
    return rc::gen::build<Step>(
        rc::gen::set(&Step::submit, rc::gen::arbitrary<bool>()),
        rc::gen::set(&Step::first_student, rc::gen::arbitrary<bool>()),
        rc::gen::set(&Step::origin, rc::gen::element(Origin::edlink, Origin::canvas)),
        rc::gen::set(&Step::key, rc::gen::inRange(0, 6)),
        rc::gen::set(&Step::minutes, rc::gen::inRange(0, 120)));
}

// What must be true of one student's submission after each step.
struct Life {
    std::vector<Uuid> attempts;
    std::int64_t version = 0;
    std::map<std::pair<bool, int>, domain::Submission> answers;  // by verb and key

    void expect_accepted(const domain::Accepted& accepted, const Step& step, const Uuid& id) {
        const auto& changes = accepted.changes;
        RC_ASSERT(changes.events.size() == 1U);
        RC_ASSERT(changes.events[0].submission_version == ++version);
        RC_ASSERT(accepted.submission.version == version);
        RC_ASSERT(changes.attempts.size() == (step.submit ? 1U : 0U));
        if (step.submit) {
            attempts.push_back(id);
            RC_ASSERT(changes.attempts[0].number == attempts.size());
        }
        RC_ASSERT(accepted.submission.attempts == attempts);
        RC_ASSERT(accepted.submission.reclaimed == !step.submit);
    }
};

domain::Submission shown(domain::Submission facts) {
    facts.version = 0;
    facts.replays.clear();
    return facts;
}

RC_GTEST_PROP(Life, KeepsItsInvariants, ()) {
    Desk desk;
    desk.school.account().reclaim_first = 1U << static_cast<unsigned>(Origin::edlink);
    auto& assignment = desk.school.assignment();
    assignment.resubmission =
        *rc::gen::element(Resubmission::open, Resubmission::after_reclaim, Resubmission::none);
    if (*rc::gen::arbitrary<bool>()) assignment.max_attempts = *rc::gen::inRange(1, 6);
    if (*rc::gen::arbitrary<bool>()) assignment.close_at = kNow + 20h;
    std::map<Uuid, Life> lives;

    for (const auto& step : *rc::gen::container<std::vector<Step>>(step())) {
        const auto person = step.first_student ? desk.school.student : desk.school.other;
        auto& life = lives[person];
        desk.now += std::chrono::minutes(step.minutes);
        const auto verb = std::pair(step.submit, step.key);
        const auto fill_in = [&](auto command) {
            command.origin = step.origin;
            command.received_at = desk.now;
            if (step.key != 0)
                command.replay_key =
                    key_of((step.submit ? "submit " : "reclaim ") + std::to_string(step.key));
            return command;
        };
        auto submit = fill_in(submit_of(desk.school, person));
        const auto id = submit.attempt_id;
        const auto outcome = step.submit ? desk.run(std::move(submit))
                                         : desk.run(fill_in(reclaim_of(desk.school, person)));
        const auto row = desk.row(person);
        RC_ASSERT((row ? row->version : 0) == life.version + (outcome && !outcome->repeated));
        if (!outcome) {
            RC_ASSERT(!outcome.error().empty());
            continue;
        }
        const auto known = life.answers.find(verb);
        RC_ASSERT(outcome->repeated == (step.key != 0 && known != life.answers.end()));
        if (outcome->repeated) {
            RC_ASSERT(static_cast<bool>(same(outcome->changes, domain::Changes{})));
            RC_ASSERT(static_cast<bool>(same(shown(outcome->submission), shown(known->second))));
        } else {
            life.expect_accepted(*outcome, step, id);
            if (step.key != 0) life.answers.emplace(verb, outcome->submission);
        }
        RC_ASSERT(!assignment.max_attempts ||
                  static_cast<std::int64_t>(life.attempts.size()) <= *assignment.max_attempts);
        RC_ASSERT(assignment.resubmission != Resubmission::none || life.attempts.size() <= 1);
    }
}

}  // namespace
}  // namespace handin::test
