#include "blob/blob_io.hpp"

#include "base/encoding.hpp"

namespace handin::test {

std::string bytes_of(std::size_t size, unsigned seed) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        const auto word = i / 4 * 2654435761U + seed;
        bytes[i] = static_cast<char>(word >> (i % 4 * 8));
    }
    return bytes;
}

task<void> put(blob::BlobStore* store, Uuid id, std::string bytes, std::size_t piece) {
    const auto stage = co_await store->stage(id);
    const std::string_view all(bytes);
    if (piece == 0) co_await stage->write(as_bytes(all));
    for (std::size_t at = 0; piece != 0 && at < all.size(); at += piece)
        co_await stage->write(as_bytes(all.substr(at, piece)));
    co_await stage->finish();
}

task<std::string> get(blob::BlobStore* store, Uuid id, std::uint64_t offset, std::uint64_t length) {
    const auto reader = co_await store->open(id, offset, length);
    std::string all;
    for (;;) {
        const auto piece = co_await reader->next();
        if (piece.empty()) co_return all;
        all += piece;
    }
}

}  // namespace handin::test
