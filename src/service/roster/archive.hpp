// The files of a zip archive, one at a time and as often as need be, through libarchive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/csv.hpp"

struct archive;

namespace handin::service {

class RosterArchive {
 public:
    // What it throws, with a sentence: it is no zip file, or damaged.
    struct Damaged : std::runtime_error {
        using std::runtime_error::runtime_error;
    };

    // Everything here blocks.
    explicit RosterArchive(std::filesystem::path zip) : zip_(std::move(zip)) {}

    // The bytes of one file, 64 KiB at most a piece, 4 GiB at most altogether.
    class File {
     public:
        std::string_view read();

     private:
        friend class RosterArchive;
        struct Free {
            void operator()(archive* reader) const noexcept;
        };
        explicit File(archive* reader) : reader_(reader), buffer_(kPiece, '\0') {}
        static constexpr std::size_t kPiece = 64 * 1024;

        std::unique_ptr<archive, Free> reader_;
        std::string buffer_;
        std::uint64_t bytes_ = 0;  // so far
    };
    // Null: there is none of that name, in whatever folder.
    std::unique_ptr<File> open(std::string_view name) const;

 private:
    std::filesystem::path zip_;
};

}  // namespace handin::service
