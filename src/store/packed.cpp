#include "store/packed.hpp"

#include <cstring>
#include <stdexcept>

namespace handin::store {
namespace {

constexpr std::size_t kReplayBytes = 38;
constexpr unsigned kReclaimed = 1;

void put(std::string& bytes, std::uint64_t value, unsigned width) {
    for (unsigned i = width; i-- > 0;)
        bytes += static_cast<char>(value >> (8 * i) & 0xffU);
}

std::uint64_t take(std::string_view& bytes, unsigned width) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < width; ++i)
        value = value << 8U | static_cast<unsigned char>(bytes[i]);
    bytes.remove_prefix(width);
    return value;
}

void check(std::string_view bytes, std::size_t width) {
    if (bytes.size() % width != 0) throw std::runtime_error("a packed column is damaged");
}

// Items that are an array of bytes each, which `array` gives.
template <class Item, class Array>
std::string pack_fixed(std::span<const Item> items, Array array) {
    std::string bytes;
    bytes.reserve(items.size() * sizeof(Item));
    for (const auto& item : items)
        bytes.append(reinterpret_cast<const char*>(array(item).data()), array(item).size());
    return bytes;
}

template <class Item, class Array>
std::vector<Item> unpack_fixed(std::string_view bytes, Array array) {
    check(bytes, sizeof(Item));
    std::vector<Item> items(bytes.size() / sizeof(Item));
    for (auto& item : items) {
        const auto size = bytes.copy(reinterpret_cast<char*>(array(item).data()), sizeof(Item));
        bytes.remove_prefix(size);
    }
    return items;
}

}  // namespace

std::string pack(std::span<const Uuid> ids) {
    return pack_fixed(ids, [](auto& id) -> auto& { return id.bytes; });
}
std::vector<Uuid> unpack_ids(std::string_view bytes) {
    return unpack_fixed<Uuid>(bytes, [](auto& id) -> auto& { return id.bytes; });
}

std::string pack(std::span<const Digest256> digests) {
    return pack_fixed(digests, [](auto& digest) -> auto& { return digest; });
}
std::vector<Digest256> unpack_digests(std::string_view bytes) {
    return unpack_fixed<Digest256>(bytes, [](auto& digest) -> auto& { return digest; });
}

std::string pack(std::span<const domain::Replay> replays) {
    std::string bytes;
    bytes.reserve(replays.size() * kReplayBytes);
    for (const auto& replay : replays) {
        bytes.append(reinterpret_cast<const char*>(replay.key.data()), replay.key.size());
        put(bytes, static_cast<std::uint64_t>(to_micros(replay.at)), 8);
        put(bytes, replay.attempts, 4);
        put(bytes, replay.reclaimed ? kReclaimed : 0, 2);
        put(bytes, static_cast<std::uint64_t>(to_micros(replay.submitted_at)), 8);
    }
    return bytes;
}

std::vector<domain::Replay> unpack_replays(std::string_view bytes) {
    check(bytes, kReplayBytes);
    std::vector<domain::Replay> replays(bytes.size() / kReplayBytes);
    for (auto& replay : replays) {
        std::memcpy(replay.key.data(), bytes.data(), replay.key.size());
        bytes.remove_prefix(replay.key.size());
        replay.at = from_micros(static_cast<std::int64_t>(take(bytes, 8)));
        replay.attempts = static_cast<std::uint32_t>(take(bytes, 4));
        replay.reclaimed = (take(bytes, 2) & kReclaimed) != 0;
        replay.submitted_at = from_micros(static_cast<std::int64_t>(take(bytes, 8)));
    }
    return replays;
}

}  // namespace handin::store
