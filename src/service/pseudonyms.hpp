// What submissions are called to those who must not know whose they are: the id itself tells
// whoever knows the student, because it is computed from assignment and person.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/uuid.hpp"

namespace handin::service {

// A permutation of ids that only who has the secret can compute, either way. Ids look as before:
// UUIDs of version 5.
class Pseudonyms {
 public:
    explicit Pseudonyms(std::string_view secret);

    Uuid of(const Uuid& submission_id) const;
    // The submission that is called so; of what is no such name, an id that nothing has.
    Uuid undone(const Uuid& pseudonym) const;

 private:
    Uuid walk(Uuid id, bool forth) const;

    std::array<std::uint8_t, 16> key_{};
};

}  // namespace handin::service
