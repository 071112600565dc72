#include "service/reception.hpp"

#include <algorithm>

namespace handin::service {
namespace {

constexpr std::size_t kPiece = 64 * 1024;   // of a body, in http/
constexpr std::size_t kAround = 16 * 1024;  // parser, coroutines, the command itself

}  // namespace

bool Reception::Kept::grow_to(std::size_t bytes) {
    if (reception_ == nullptr || bytes <= bytes_) return true;
    const auto more = bytes - bytes_;
    if (reception_->bytes_.fetch_add(more) + more > reception_->limits_.bytes) {
        reception_->bytes_.fetch_sub(more);
        return false;
    }
    bytes_ = bytes;
    return true;
}

void Reception::Kept::release() {
    if (reception_ != nullptr) reception_->bytes_.fetch_sub(bytes_);
}

Reception::Seat::~Seat() {
    if (reception_ != nullptr) --reception_->bodies_;
}

std::optional<Reception::Seat> Reception::sit(std::optional<std::size_t> length) {
    if (++bodies_ > limits_.bodies) {
        --bodies_;
        return std::nullopt;
    }
    Seat seat(*this);
    if (bytes_.load() > limits_.bytes / 4 * 3 ||
        !seat.kept_.grow_to(kAround + std::min(length.value_or(kPiece), kPiece)))
        return std::nullopt;
    return seat;
}

}  // namespace handin::service
