#include "service/entrance.hpp"

namespace handin::service {

Reception::Seat Entrance::enter(std::optional<std::uint64_t> length) {
    if (!committer_.has_room()) throw Overloaded("too many commands are waiting");
    if (!store_.writable()) throw Overloaded("the store takes no writes");
    if (!room_on_disk_()) throw NoRoom("the disk is nearly full");
    auto seat = reception_.sit(length);
    if (!seat) throw Overloaded("too much is being received");
    return std::move(*seat);
}

}  // namespace handin::service
