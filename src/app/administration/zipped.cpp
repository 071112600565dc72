#include "app/administration/zipped.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <fstream>
#include <memory>
#include <stdexcept>

namespace handin::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = 64 * 1024;  // bytes

struct FreeArchive {
    void operator()(archive* writer) const { archive_write_free(writer); }
};
struct FreeEntry {
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

void check(archive* writer, int result) {
    if (result < ARCHIVE_WARN)
        throw std::runtime_error(std::string("packing the files: ") + archive_error_string(writer));
}

la_ssize_t append(archive* /*writer*/, void* to, const void* bytes, std::size_t size) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}

void add(archive* writer, const fs::path& file) {
    const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), file.filename().c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(fs::file_size(file)));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    check(writer, archive_write_header(writer, entry.get()));
    std::ifstream in(file, std::ios::binary);
    std::string piece(kPiece, '\0');
    while (in.read(piece.data(), kPiece) || in.gcount() > 0)
        if (archive_write_data(writer, piece.data(), static_cast<std::size_t>(in.gcount())) < 0)
            check(writer, ARCHIVE_FATAL);
    if (in.bad() || !in.eof()) throw std::runtime_error("cannot read " + file.string());
}

}  // namespace

std::string zipped_csv_files(const fs::path& folder) {
    std::string zip;
    const std::unique_ptr<archive, FreeArchive> writer(archive_write_new());
    check(writer.get(), archive_write_set_format_zip(writer.get()));
    check(writer.get(), archive_write_open(writer.get(), &zip, nullptr, append, nullptr));
    for (const auto& file : fs::directory_iterator(folder))
        if (file.is_regular_file() && file.path().extension() == ".csv")
            add(writer.get(), file.path());
    check(writer.get(), archive_write_close(writer.get()));
    return zip;
}

}  // namespace handin::app
