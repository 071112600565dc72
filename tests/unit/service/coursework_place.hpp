// Asking the use cases of reading, as somebody.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "service/service_place.hpp"

namespace handin::test {

class CourseworkTest : public testing::Test {
 protected:
    const School& school() { return place.school; }
    service::Coursework& coursework() { return *place.coursework; }

    Uuid submission_of(const Uuid& person, std::optional<Uuid> assignment = {}) {
        return domain::submission_id(assignment.value_or(school().assignment_id), person);
    }

    HandedIn submit(const Uuid& person, std::vector<Sent> attachments = {sent_text("work")},
                    std::optional<Uuid> assignment = {}) {
        return hand_in(
            place,
            {.person = person, .attachments = std::move(attachments), .assignment = assignment});
    }

    auto assignment(const Uuid& person, const Uuid& id) {
        return run(coursework().assignment(school().actor(person), school().class_id, id));
    }

    auto submission(const Uuid& person, const Uuid& id, std::optional<Uuid> assignment = {}) {
        return run(coursework().submission(school().actor(person), school().class_id,
                                           assignment.value_or(school().assignment_id), id));
    }

    auto submissions(const Uuid& person, service::Page page = {.after = {}, .limit = 100},
                     std::optional<Uuid> assignment = {}) {
        return run(coursework().submissions(school().actor(person), school().class_id,
                                            assignment.value_or(school().assignment_id), page));
    }

    // Everything that following `next` gives, page by page.
    template <class List>
    static auto follow(std::size_t limit, List list) {
        std::vector<decltype(list(service::Page{}).items)> pages;
        service::Page page{.after = {}, .limit = limit};
        for (;;) {
            auto listed = list(page);
            pages.push_back(std::move(listed.items));
            if (!listed.next || pages.size() > 1000) return pages;
            page.after = listed.next;
        }
    }

    ServicePlace place;
};

// Why not; nothing: it was answered. `field` tells what was not found.
template <class T>
std::string refused(const service::Answer<T>& answer) {
    if (answer) return "";
    const auto& refusal = answer.error();
    return (refusal.reason == domain::Reason::not_found ? "not found: " : "other: ") +
           refusal.field;
}

}  // namespace handin::test
