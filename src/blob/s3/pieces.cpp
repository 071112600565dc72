#include "blob/s3/pieces.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace handin::blob::s3 {
namespace {

constexpr std::size_t kDigits = 16;

std::string hex_number(std::uint64_t number) {
    std::string digits(kDigits, '0');
    for (auto at = kDigits; at-- > 0; number >>= 4U)
        digits[at] = "0123456789abcdef"[number & 15U];
    return digits;
}

std::optional<std::uint64_t> number_in(std::string_view digits) {
    std::uint64_t number = 0;
    const auto* const end = digits.data() + digits.size();
    if (digits.size() != kDigits || std::from_chars(digits.data(), end, number, 16).ptr != end)
        return std::nullopt;
    return number;
}

}  // namespace

std::string pieces_prefix(const Uuid& storage_id) {
    return kPartialsPrefix + storage_id.str() + '/';
}

Piece piece_of(const Uuid& storage_id, std::uint64_t offset, std::uint64_t size,
               const Uuid& writer) {
    return {.offset = offset,
            .size = size,
            .writer = writer,
            .key = pieces_prefix(storage_id) + hex_number(offset) + '-' + hex_number(size) + '-' +
                   writer.str()};
}

std::optional<Piece> parse_piece(const std::string& key) {
    const auto name = std::string_view(key).substr(key.rfind('/') + 1);
    if (name.size() < 2 * kDigits + 2 || name[kDigits] != '-' || name[2 * kDigits + 1] != '-')
        return std::nullopt;
    const auto offset = number_in(name.substr(0, kDigits));
    const auto size = number_in(name.substr(kDigits + 1, kDigits));
    const auto writer = Uuid::parse(name.substr(2 * kDigits + 2));
    if (!offset || !size || !writer || *size == 0 || *size > kPartBytes ||
        *offset % kPartBytes != 0)
        return std::nullopt;
    return Piece{.offset = *offset, .size = *size, .writer = *writer, .key = key};
}

task<std::vector<Piece>> list_pieces(Tools tools, Uuid storage_id) {
    std::vector<Piece> pieces;
    std::string token;
    do {
        auto page = co_await tools.bucket.list(pieces_prefix(storage_id), "", token);
        for (const auto& object : page.objects)
            if (auto piece = parse_piece(object.key); piece && piece->size == object.size)
                pieces.push_back(std::move(*piece));
        token = std::move(page.next);
    } while (!token.empty());
    co_return pieces;
}

std::optional<std::vector<Piece>> chain_of(const std::vector<Piece>& pieces, std::uint64_t length) {
    std::vector<const Piece*> places((length + kPartBytes - 1) / kPartBytes);
    for (const auto& piece : pieces) {
        if (piece.offset >= length || piece.size < std::min(kPartBytes, length - piece.offset))
            continue;
        auto& best = places[piece.offset / kPartBytes];
        if (best == nullptr || piece.writer > best->writer ||
            (piece.writer == best->writer && piece.size < best->size))
            best = &piece;
    }
    std::vector<Piece> chain;
    for (const auto* piece : places) {
        if (piece == nullptr) return std::nullopt;
        chain.push_back(*piece);
    }
    return chain;
}

}  // namespace handin::blob::s3
