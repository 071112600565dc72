// Which classes of a list the actor may know of: what is denied of one class is denied in lists,
// too. For lists of what the account or the roles allow already.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "service/place.hpp"
#include "store/reader.hpp"

namespace handin::service {

class ReadableClasses {
 public:
    // The reader outlives it.
    ReadableClasses(store::Reader& reader, const domain::Actor& actor);

    bool has(const Uuid& class_id);
    // Leaves those rows whose class (`class_of` a row) may be known of.
    template <class Row, class ClassOf>
    void filter(std::vector<Row>& rows, ClassOf class_of) {
        if (asks_) std::erase_if(rows, [&](const Row& row) { return !has(class_of(row)); });
    }

 private:
    store::Reader& reader_;
    const domain::Actor& actor_;
    bool asks_ = false;  // something is denied to them: usually nothing is
    std::map<Uuid, bool> known_;
};

}  // namespace handin::service
