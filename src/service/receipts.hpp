// Who may have the receipt of an attempt, and what it is made from.
#pragma once

#include "base/task.hpp"
#include "domain/access.hpp"
#include "domain/coursework.hpp"
#include "domain/refusal.hpp"
#include "service/coursework.hpp"
#include "store/store.hpp"

namespace handin::service {

struct Receipted {
    Uuid account_id;
    Uuid class_id;
    Uuid assignment_id;
    Uuid person_id;
    domain::Attempt attempt;
    std::optional<domain::ReceiptBatch> batch;  // none: committed without a receipt
};

class Receipts {
 public:
    // It outlives this.
    explicit Receipts(store::Store& store) : store_(store) {}

    // For whom the work is of, those who teach the class, and the holder of the admin token; to
    // everybody else there is no such attempt.
    task<Answer<Receipted>> find(domain::Actor actor, Uuid attempt_id);

 private:
    store::Store& store_;
};

}  // namespace handin::service
