#include <stdexcept>

#include "app/maintenance/backup.hpp"
#include "app/maintenance/check.hpp"
#include "app/maintenance/folders.hpp"
#include "base/process_lock.hpp"
#include "blob/local/folder.hpp"
#include "store/sqlite/files.hpp"

namespace handin::app {
namespace {

namespace fs = std::filesystem;
using store::NamedFile;

void require(bool condition, const std::string& otherwise) {
    if (!condition) throw std::runtime_error("the backup is damaged: " + otherwise);
}

void copy_all(const Manifest& manifest, const Places& from, const Places& to, Copier& copier,
              Progress& progress) {
    copier.make_folder(to.files);
    progress.say("copying the database");
    require(copier.copy(from.database, to.database) == manifest.database,
            from.database.string() + " has been altered");
    std::uint64_t files = 0;
    store::sqlite::Connection db(to.database, store::sqlite::Access::read_only);
    store::sqlite::each_named_file(
        db,
        [&](const NamedFile& file) {
            if (++files % 100 == 1)
                progress.say("copying files: " + std::to_string(files) + " of " +
                             std::to_string(manifest.files));
            const auto path = blob::local::path_of(from.files.string(), file.storage_id);
            require(fs::exists(path), path + " is not there");
            const auto content =
                copier.copy(path, blob::local::path_of(to.files.string(), file.storage_id));
            require(content == Content{file.size, file.sha256}, path + " has been altered");
        },
        [](const Uuid& id, std::string_view reason) {
            require(false, "attachment " + id.str() + ": " + std::string(reason));
        });
    for (const auto& other : manifest.others) {
        const auto path = from.data / other.path;
        require(is_inside(plain(path), plain(from.data)), other.path + " leads outside");
        require(fs::exists(path), path.string() + " is not there");
        require(copier.copy(path, to.data / other.path) == other.content,
                path.string() + " has been altered");
        fs::permissions(to.data / other.path, static_cast<fs::perms>(other.mode));
    }
}

void require_sound(const Places& places, Progress& progress) {
    const auto problem = [](const Problem& found) { require(false, line_of(found)); };
    check(places, true, {.problem = problem, .unnamed = [](const auto&) {}, .progress = &progress});
}

// The database last: without it the folder is no school's.
void move_up(const fs::path& staging, const fs::path& target, Copier& copier) {
    const auto database = places(staging).database.filename();
    for (const auto& entry : fs::directory_iterator(staging))
        if (entry.path().filename() != database)
            fs::rename(entry.path(), target / entry.path().filename());
    copier.sync();
    fs::rename(staging / database, target / database);
    fs::remove(staging);
}

}  // namespace

Manifest restore(const fs::path& backup, const fs::path& target, Progress& progress) {
    const auto manifest = read_manifest(backup);
    const auto folder = plain(target);
    const auto staging = folder / kRestoring;
    Copier copier;
    copier.make_folder(folder);
    const ProcessLock lock(folder, "this data folder");
    require_empty(folder);
    try {
        Copier staged;
        staged.make_folder(staging);
        copy_all(manifest, places(backup), places(staging), staged, progress);
        require_sound(places(staging), progress);
        staged.sync();
        move_up(staging, folder, copier);
        copier.sync();
    } catch (...) {
        std::error_code ignored;  // what has failed says more
        fs::remove_all(staging, ignored);
        throw;
    }
    return manifest;
}

}  // namespace handin::app
