// How much may be on its way in at once. What it counts is what a submit keeps in memory from the
// first byte of its body to its reply; files that are staged do not count beyond their last piece.
// For any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace handin::service {

struct ReceptionLimits {
    // Bodies that are being received. On slow lines each takes seconds; 20,000 students in the last
    // minute are some hundreds at any time.
    std::size_t bodies = 2048;
    // What all of them keep in memory, in bytes.
    std::size_t bytes = std::size_t{256} << 20U;
};

class Reception {
 public:
    explicit Reception(ReceptionLimits limits) : limits_(limits) {}

    // Bytes that are kept, until this is destroyed.
    class Kept {
     public:
        Kept() = default;
        explicit Kept(Reception& reception) : reception_(&reception) {}
        ~Kept() { release(); }
        Kept(Kept&& other) noexcept
            : reception_(std::exchange(other.reception_, nullptr)), bytes_(other.bytes_) {}
        Kept& operator=(Kept&& other) noexcept {
            if (this == &other) return *this;
            release();
            reception_ = std::exchange(other.reception_, nullptr);
            bytes_ = other.bytes_;
            return *this;
        }

        // They have become `bytes`, if they were less. False: there is no room for so many.
        bool grow_to(std::size_t bytes);

     private:
        void release();

        Reception* reception_ = nullptr;  // nullptr: not counted
        std::size_t bytes_ = 0;
    };

    // One body, until this is destroyed.
    class Seat {
     public:
        explicit Seat(Reception& reception) : reception_(&reception), kept_(reception) {}
        ~Seat();
        Seat(Seat&& other) noexcept
            : reception_(std::exchange(other.reception_, nullptr)), kept_(std::move(other.kept_)) {}
        Seat& operator=(Seat&&) = delete;

     private:
        friend class Reception;
        Reception* reception_;
        Kept kept_;
    };

    // For a body of `length` bytes, if that is known. None: full. The last quarter of the bytes is
    // for those who are in already.
    std::optional<Seat> sit(std::optional<std::size_t> length);

    std::size_t bodies() const { return bodies_.load(std::memory_order_relaxed); }
    std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
    ReceptionLimits limits_;
    std::atomic<std::size_t> bodies_ = 0;
    std::atomic<std::size_t> bytes_ = 0;
};

}  // namespace handin::service
