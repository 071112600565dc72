#include "app/maintenance/backup.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "app/maintenance/folders.hpp"
#include "app/maintenance/kept_files.hpp"
#include "app/version.hpp"
#include "base/time.hpp"
#include "blob/local/folder.hpp"
#include "store/move.hpp"
#include "store/postgres/site_tables.hpp"
#include "store/schema/schema.hpp"
#include "store/sqlite/database_copy.hpp"
#include "store/sqlite/files.hpp"
#include "store/sqlite/site_tables.hpp"

namespace handin::app {
namespace {

namespace fs = std::filesystem;
using store::NamedFile;

// The order is what makes it consistent: first the database as it is at one moment, then the files
// that this copy names. Those are all there and stay there: bytes are durable before the row that
// names them, a row that names them never changes, and the collector removes only what none names.
class Backup {
 public:
    Backup(const Places& places, const fs::path& target, bool link,
           const std::function<void(const std::string&)>& problem, Progress& progress,
           const S3Settings& s3)
        : from_(places),
          files_(open_kept_files(places, s3)),
          to_(app::places(target)),
          link_(link),
          problem_(problem),
          progress_(progress) {}

    std::optional<Manifest> run() {
        manifest_.made_by = kVersion;
        manifest_.made_at = iso_seconds(SystemClock().now());
        copier_.make_folder(to_.data);
        copier_.make_folder(to_.files);
        take_deliveries();
        from_.server.empty() ? copy_file() : copy_tables();
        manifest_.database = content_of(to_.database);
        store::sqlite::Connection copy(to_.database, store::sqlite::Access::read_only);
        store::sqlite::each_named_file(
            copy, [this](const NamedFile& file) { take(file); },
            [this](const Uuid& id, std::string_view reason) {
                damaged("attachment " + id.str() + ": " + std::string(reason));
            });
        take_others();
        copier_.sync();
        if (!sound_) return std::nullopt;
        write_manifest(to_.data, manifest_);
        return manifest_;
    }

 private:
    void copy_file() {
        manifest_.schema =
            store::sqlite::copy_database(from_.database, to_.database, [this](int done, int all) {
                progress_.say("copying the database: " + std::to_string(done) + " of " +
                              std::to_string(all) + " pages");
            });
    }

    // The copy of any engine is SQLite's, so that it needs no server to be looked at.
    void copy_tables() {
        {
            store::postgres::SiteTables from(from_.server,
                                             store::postgres::SiteTables::Use::snapshot);
            store::sqlite::SiteTables to(to_.database, store::sqlite::SiteTables::Use::copy);
            store::copy_site(from, to, [this](const std::string& doing) { progress_.say(doing); });
        }
        store::sqlite::finish_copy(to_.database);
        manifest_.schema = static_cast<int>(store::schema::migrations().size());
    }

    void damaged(const std::string& what) {
        sound_ = false;
        progress_.clear();
        problem_(what);
    }

    void take(const NamedFile& file) {
        if (++manifest_.files % 100 == 1)
            progress_.say("copying files: " + std::to_string(manifest_.files));
        manifest_.file_bytes += file.size;
        const fs::path to = blob::local::path_of(to_.files.string(), file.storage_id);
        const auto name =
            "attachment " + file.attachment_id.str() + ": " + files_->name(file.storage_id);
        try {
            if (link_ && files_->link(file.storage_id, copier_, to)) {
                if (fs::file_size(to) != file.size) damaged(name + " has another size");
            } else if (files_->copy(file.storage_id, copier_, to) !=
                       Content{file.size, file.sha256}) {
                damaged(name + " has been altered");
            }
        } catch (const std::system_error& error) {
            if (error.code() == std::errc::no_space_on_device) throw;
            damaged(name + ": " + error.code().message());
        }
    }

    void take_deliveries() {
        const auto from = from_.data / kDeliveriesFile;
        if (!fs::exists(from)) return;
        const auto to = to_.data / kDeliveriesFile;
        store::sqlite::copy_deliveries(from, to);
        const auto mode = fs::perms::owner_read | fs::perms::owner_write;
        fs::permissions(to, mode);
        manifest_.others.push_back({kDeliveriesFile, content_of(to), static_cast<unsigned>(mode)});
    }

    // Keys, tokens, demo.json: after the database, so that what a row speaks of is there.
    void take_others() {
        for (const auto& path : others_in(from_)) {
            const auto from = from_.data / path;
            try {
                const auto mode = fs::status(from).permissions();
                const auto to = to_.data / path;
                const auto content = copier_.copy(from, to);
                fs::permissions(to, mode);
                manifest_.others.push_back({path.string(), content, static_cast<unsigned>(mode)});
            } catch (const std::system_error& error) {
                // Replaced or removed meanwhile: nothing that must be kept is.
                if (error.code() != std::errc::no_such_file_or_directory)
                    damaged(from.string() + ": " + error.code().message());
            }
        }
    }

    Places from_;
    std::unique_ptr<KeptFiles> files_;
    Places to_;
    bool link_;
    const std::function<void(const std::string&)>& problem_;
    Progress& progress_;
    Copier copier_;
    Manifest manifest_;
    bool sound_ = true;
};

}  // namespace

std::optional<Manifest> backup(const Places& places, const fs::path& target, bool link,
                               const std::function<void(const std::string&)>& problem,
                               Progress& progress, const S3Settings& s3) {
    if (places.server.empty() && !fs::exists(places.database))
        throw std::runtime_error("there is no database " + places.database.string());
    const auto folder = plain(target);
    for (const auto& kept : {places.data, places.files})
        if (!kept.empty() && is_inside(folder, plain(kept)))
            throw std::runtime_error(target.string() + " is inside " + kept.string() +
                                     ": choose a folder elsewhere");
    require_empty(folder);
    return Backup(places, folder, link, problem, progress, s3).run();
}

}  // namespace handin::app
