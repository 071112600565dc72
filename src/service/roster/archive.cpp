#include "service/roster/archive.hpp"

#include <archive.h>
#include <archive_entry.h>

namespace handin::service {
namespace {

constexpr std::size_t kBlock = 64 * 1024;  // bytes
constexpr std::size_t kMostEntries = 10'000;
// Of one file, unpacked: ten million enrollments are half of it. A zip of a few MiB can hold more.
constexpr std::uint64_t kLargestFile = std::uint64_t{4} << 30U;  // bytes

std::string_view base_name(archive_entry* entry) {
    const char* path = archive_entry_pathname(entry);
    std::string_view name = path != nullptr ? path : "";
    if (const auto slash = name.rfind('/'); slash != std::string_view::npos)
        name.remove_prefix(slash + 1);
    return name;
}

[[noreturn]] void fail(archive* reader) {
    const char* why = archive_error_string(reader);
    throw RosterArchive::Damaged(std::string("the archive cannot be read: ") +
                                 (why != nullptr ? why : "it is no zip file"));
}

// The next entry; null at the end.
archive_entry* next_entry(archive* reader) {
    archive_entry* entry = nullptr;
    switch (archive_read_next_header(reader, &entry)) {
        case ARCHIVE_OK:
        case ARCHIVE_WARN:
            return entry;
        case ARCHIVE_EOF:
            return nullptr;
        default:
            fail(reader);
    }
}

// As a stream: libarchive would keep the whole directory at the end of the file in memory.
archive* opened(const std::filesystem::path& zip) {
    archive* reader = archive_read_new();
    archive_read_support_format_zip_streamable(reader);
    if (archive_read_open_filename(reader, zip.c_str(), kBlock) == ARCHIVE_OK) return reader;
    try {
        fail(reader);
    } catch (...) {
        archive_read_free(reader);
        throw;
    }
}

}  // namespace

void RosterArchive::File::Free::operator()(archive* reader) const noexcept {
    archive_read_free(reader);
}

std::string_view RosterArchive::File::read() {
    const auto size = archive_read_data(reader_.get(), buffer_.data(), buffer_.size());
    if (size < 0) fail(reader_.get());
    bytes_ += static_cast<std::uint64_t>(size);
    if (bytes_ > kLargestFile)
        throw Damaged("a file of the archive has more than 4 GiB, which no roster has");
    return {buffer_.data(), static_cast<std::size_t>(size)};
}

std::unique_ptr<RosterArchive::File> RosterArchive::open(std::string_view name) const {
    std::unique_ptr<File> file(new File(opened(zip_)));
    for (std::size_t entries = 0; auto* entry = next_entry(file->reader_.get());) {
        if (base_name(entry) == name) return file;
        if (++entries == kMostEntries) throw Damaged("the archive has more than 10000 files");
    }
    return nullptr;
}

}  // namespace handin::service
