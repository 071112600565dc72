#include "scan/quarantine.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "base/encoding.hpp"

namespace handin::scan {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLeastBytes = 8192;  // what even the smallest finding takes on the disk

void append(const fs::path& file, std::string_view bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::app);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) throw std::system_error(EIO, std::generic_category(), "writing to the quarantine");
}

std::string described(const Finding& finding, bool kept) {
    return boost::json::serialize(
               boost::json::object{{"signature", well_formed_utf8(finding.signature)},
                                   {"found_at", iso_millis(finding.found_at)},
                                   {"title", well_formed_utf8(finding.title)},
                                   {"size", finding.size},
                                   {"sha256", hex(finding.sha256)},
                                   {"bytes_kept", kept},
                                   {"account_id", finding.account_id.str()},
                                   {"person_id", finding.person_id.str()},
                                   {"assignment_id", finding.assignment_id.str()},
                                   {"request_id", finding.request_id},
                                   {"client_ip", finding.client_ip}}) +
           "\n";
}

}  // namespace

Quarantine::Quarantine(fs::path folder, std::uint64_t most_bytes, Pool& pool)
    : folder_(std::move(folder)), most_bytes_(most_bytes), pool_(pool) {
    fs::create_directories(folder_);
    fs::permissions(folder_, fs::perms::owner_all);
    for (const auto& file : fs::directory_iterator(folder_)) {
        const auto bytes = file.path().extension() == ".bin" ? file.file_size() : kLeastBytes;
        entries_[file.path().stem()] += bytes;
        held_ += bytes;
    }
}

void Quarantine::make_room(const std::string& name, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    entries_[name] = bytes;
    held_ += bytes;
    while (held_ > most_bytes_ && entries_.size() > 1) {
        const auto oldest = entries_.begin();
        fs::remove(folder_ / (oldest->first + ".bin"));
        fs::remove(folder_ / (oldest->first + ".json"));
        held_ -= oldest->second;
        entries_.erase(oldest);
    }
}

task<void> Quarantine::keep(Finding finding, blob::Reader* bytes) {
    const auto name = finding.storage_id.str();
    const auto file = folder_ / (name + ".bin");
    const bool kept = finding.size + kLeastBytes <= most_bytes_;
    co_await pool_.run([&] {
        make_room(name, kLeastBytes + (kept ? finding.size : 0));
        append(folder_ / (name + ".json"), described(finding, kept));
    });
    while (kept) {
        const auto piece = co_await bytes->next();
        if (piece.empty()) break;
        co_await pool_.run([&] { append(file, piece); });
    }
}

}  // namespace handin::scan
