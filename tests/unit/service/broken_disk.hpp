// A place for bytes that takes none.
#pragma once

#include <cerrno>
#include <memory>
#include <system_error>

#include "blob/blob.hpp"

namespace handin::test {

class BrokenDisk final : public blob::BlobStore {
 public:
    enum class At { stage, write, finish };
    explicit BrokenDisk(At at) : at_(at) {}

    task<std::unique_ptr<blob::Stage>> stage(Uuid) override {
        fail_at(At::stage);
        co_return std::make_unique<BrokenStage>(*this);
    }
    task<std::unique_ptr<blob::Reader>> open(Uuid, std::uint64_t, std::uint64_t) override {
        throw std::system_error(ENOENT, std::generic_category());
    }
    void remove(Uuid) override { ++removed; }
    void list_older(Time, const std::function<void(const Uuid&)>&) override {}

    int removed = 0;

 private:
    class BrokenStage final : public blob::Stage {
     public:
        explicit BrokenStage(BrokenDisk& disk) : disk_(disk) {}
        task<void> write(std::span<const std::uint8_t>) override {
            disk_.fail_at(At::write);
            co_return;
        }
        task<void> finish() override {
            disk_.fail_at(At::finish);
            co_return;
        }

     private:
        BrokenDisk& disk_;
    };

    void fail_at(At at) const {
        if (at_ == at) throw std::system_error(ENOSPC, std::generic_category());
    }

    At at_;
};

}  // namespace handin::test
