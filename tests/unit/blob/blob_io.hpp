// What tests do with a BlobStore, in one call each.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <system_error>

#include "base/task.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"
#include "blob/blob.hpp"

namespace handin::test {

inline constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();
inline constexpr std::size_t kKiB = 1024, kMiB = 1024 * kKiB;

inline Uuid new_id() {
    return uuid_v7(SystemClock().now());
}

// Bytes that differ at every offset below 16 MiB, and between seeds.
std::string bytes_of(std::size_t size, unsigned seed = 1);

// `piece`: bytes a write; 0: all in one.
task<void> put(blob::BlobStore* store, Uuid id, std::string bytes, std::size_t piece = 0);
task<std::string> get(blob::BlobStore* store, Uuid id, std::uint64_t offset = 0,
                      std::uint64_t length = kAll);

// The error that a blocking call ends with; no error if it does not throw a std::system_error.
template <class Call>
std::error_code error_of(Call call) {
    try {
        call();
    } catch (const std::system_error& error) {
        return error.code();
    }
    return {};
}

}  // namespace handin::test
