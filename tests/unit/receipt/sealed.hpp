// A batch of attempts, decided and sealed, and the receipts of it.
#pragma once

#include "receipt/receipt.hpp"
#include "receipt/sealer.hpp"
#include "support/commands.hpp"
#include "support/memory_rows.hpp"

namespace handin::test {

inline receipt::Subject subject_of(const School& school, const Uuid& person) {
    return {.account_id = school.account_id,
            .class_id = school.class_id,
            .assignment_id = school.assignment_id,
            .person_id = person};
}

struct Sealed {
    // The student's attempts, one for each list of attachments, in one batch.
    explicit Sealed(std::vector<Attachments> attempts,
                    receipt::SigningKey key = receipt::SigningKey::generate()) {
        domain::State state;
        std::vector<domain::Changes*> pointers;
        changes.reserve(attempts.size());
        for (auto& attachments : attempts) {
            domain::Command command = submit_of(school, school.student, std::move(attachments));
            for (domain::Keys keys;; keys = {}) {
                domain::add_keys(command, state, keys);
                if (keys.empty()) break;
                answer(school, keys, state);
            }
            changes.push_back(std::move(domain::decide(state, command, now).value().changes));
            domain::apply(changes.back(), state);
            pointers.push_back(&changes.back());
        }
        batch = receipt::Sealer(std::move(key)).seal(pointers);
    }

    receipt::Receipt receipt(std::size_t index) const {
        return receipt::receipt_of(subject_of(school, school.student),
                                   changes.at(index).attempts.at(0), batch.value());
    }

    School school;
    Time now = kNow + std::chrono::microseconds(1'234'567);
    std::vector<domain::Changes> changes;
    std::optional<domain::ReceiptBatch> batch;
};

inline std::vector<Attachments> plain_attempts(std::size_t count) {
    std::vector<Attachments> attempts;
    for (std::size_t i = 0; i < count; ++i)
        attempts.push_back(list(a_file("work " + std::to_string(i))));
    return attempts;
}

}  // namespace handin::test
