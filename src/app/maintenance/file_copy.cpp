#include "app/maintenance/file_copy.hpp"

#include <span>
#include <system_error>
#include <vector>

#include "blob/local/file.hpp"

namespace handin::app {
namespace {

namespace local = blob::local;

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

// Gives `take` the bytes, piece by piece.
template <class Take>
Content read_all(const std::filesystem::path& path, Take take) {
    const auto file = local::open_for_reading(path.string());
    local::expect_sequential_reads(file);
    std::vector<char> piece(kPieceBytes);
    Sha256 hash;
    Content content;
    for (;;) {
        const auto got = local::read_at(file, content.size, piece);
        const std::span bytes(reinterpret_cast<const std::uint8_t*>(piece.data()), got);
        hash.update(bytes);
        take(content.size, bytes);
        content.size += got;
        if (got < piece.size()) break;
    }
    content.sha256 = hash.finish();
    return content;
}

}  // namespace

Content content_of(const std::filesystem::path& file) {
    return read_all(file, [](std::uint64_t, std::span<const std::uint8_t>) {});
}

void Copier::make_folder(const std::filesystem::path& folder) {
    if (folder.empty() || folders_.contains(folder)) return;
    if (!std::filesystem::exists(folder)) {
        make_folder(folder.parent_path());
        local::make_folder(folder.string());
    }
    folders_.insert(folder);
}

Content Copier::copy(const std::filesystem::path& from, const std::filesystem::path& to) {
    make_folder(to.parent_path());
    const auto target = local::open_new(to.string());
    const auto content = read_all(from, [&](std::uint64_t at, std::span<const std::uint8_t> bytes) {
        local::write_at(target, at, bytes);
    });
    local::sync_data(target);
    return content;
}

Content Copier::write(const std::filesystem::path& to,
                      const std::function<void(const Take&)>& source) {
    make_folder(to.parent_path());
    const auto target = local::open_new(to.string());
    Hashing hashing;
    source([&](std::span<const std::uint8_t> bytes) {
        local::write_at(target, hashing.size(), bytes);
        hashing.add(bytes);
    });
    local::sync_data(target);
    return hashing.content();
}

bool Copier::link(const std::filesystem::path& from, const std::filesystem::path& to) {
    make_folder(to.parent_path());
    std::error_code error;
    std::filesystem::create_hard_link(from, to, error);
    if (error == std::errc::no_such_file_or_directory)
        throw std::system_error(error, from.string());
    return !error;
}

void Copier::sync() {
    for (const auto& folder : folders_)
        local::sync_folder(local::open_folder(folder.string()));
}

}  // namespace handin::app
