// Bytes on their way into a file of the folder engine.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/pool.hpp"
#include "blob/blob.hpp"
#include "blob/local/appender.hpp"

namespace handin::blob::local {

struct Place {
    std::string folder;
    std::string name;     // in that folder, when finished
    std::string staging;  // path of the file until then; empty: it has no name
};

class LocalStage final : public Stage {
 public:
    LocalStage(Pool& pool, Place place)
        : pool_(pool), place_(std::move(place)), appender_([this] { return open(); }) {}
    ~LocalStage() override;  // an unfinished file goes on the pool
    LocalStage(const LocalStage&) = delete;
    LocalStage& operator=(const LocalStage&) = delete;

    task<void> write(std::span<const std::uint8_t> bytes) override;
    bool hash_into(FileHash& hash) override {
        appender_.hash_into(hash);
        return true;
    }
    task<void> finish() override;

 private:
    // These block.
    File open() const;
    void publish();

    Pool& pool_;
    Place place_;
    Appender appender_;
    bool spent_ = false;  // finished, or an earlier call failed
};

}  // namespace handin::blob::local
