#include "blob/local/local_stage.hpp"

#include <cerrno>
#include <system_error>

namespace handin::blob::local {

LocalStage::~LocalStage() {
    if (!appender_.file()) return;
    // Giving back the blocks of a large file takes a while.
    pool_.post([file = std::move(appender_.file()), staging = std::move(place_.staging)] {
        try {
            if (!staging.empty()) unlink_if_there(staging);
        } catch (const std::system_error&) {
            // The next start empties the folder.
        }
    });
}

task<void> LocalStage::write(std::span<const std::uint8_t> bytes) {
    if (spent_) throw std::system_error(EIO, std::generic_category(), "writing file bytes");
    if (appender_.gather(bytes)) co_return;
    spent_ = true;  // and stays so if this throws
    co_await pool_.run([this, bytes] { appender_.take(bytes); });
    spent_ = false;
}

task<void> LocalStage::finish() {
    if (spent_) throw std::system_error(EIO, std::generic_category(), "writing file bytes");
    spent_ = true;
    co_await pool_.run([this] { publish(); });
}

File LocalStage::open() const {
    return place_.staging.empty() ? open_unnamed(place_.folder) : open_new(place_.staging);
}

// The order is the point: bytes, sync, name, sync of the name.
void LocalStage::publish() {
    appender_.flush();
    auto& file = appender_.file();
    sync_data(file);
    const auto folder = open_folder(place_.folder);
    if (place_.staging.empty())
        link_unnamed(file, folder, place_.name);
    else
        link_path(place_.staging, folder, place_.name);
    try {
        sync_folder(folder);
        if (!place_.staging.empty()) unlink_if_there(place_.staging);
    } catch (...) {
        unlink_if_there(place_.folder + '/' + place_.name);
        throw;
    }
    file = File();
}

}  // namespace handin::blob::local
