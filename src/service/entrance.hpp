// Whether the body of a request may be read now: asked before that by everything that takes bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "service/committer.hpp"
#include "service/reception.hpp"
#include "store/store.hpp"

namespace handin::service {

struct EntranceLimits {
    ReceptionLimits reception = {};
    std::function<bool()> room_on_disk = [] { return true; };  // called on any thread
};

class Entrance {
 public:
    // `store` and `committer` outlive it.
    Entrance(const store::Store& store, const Committer& committer, EntranceLimits limits)
        : store_(store),
          committer_(committer),
          room_on_disk_(std::move(limits.room_on_disk)),
          reception_(limits.reception) {}

    // `length`: of the body, if it is known. Throws Overloaded, and if it is the disk NoRoom.
    Reception::Seat enter(std::optional<std::uint64_t> length);
    // For what such a body makes us keep in memory beside its last piece.
    Reception::Kept kept() { return Reception::Kept(reception_); }

    const Reception& reception() const { return reception_; }

 private:
    const store::Store& store_;
    const Committer& committer_;
    std::function<bool()> room_on_disk_;
    Reception reception_;
};

}  // namespace handin::service
