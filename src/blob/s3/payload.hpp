// Bytes that can be sent again, and whose hash is known before they are sent for the first time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/task.hpp"

namespace handin::blob::s3 {

class Payload {
 public:
    virtual ~Payload() = default;
    virtual std::uint64_t size() const = 0;
    virtual std::string sha256() const = 0;  // lower-case hex
    // Some bytes from `offset` on, valid until the next call; not empty before the end.
    virtual task<std::string_view> read(std::uint64_t offset) = 0;
};

// Bytes in memory.
class TextPayload final : public Payload {
 public:
    explicit TextPayload(std::string text) : text_(std::move(text)) {}
    std::uint64_t size() const override { return text_.size(); }
    std::string sha256() const override;
    task<std::string_view> read(std::uint64_t offset) override {
        co_return std::string_view(text_).substr(offset);
    }

 private:
    std::string text_;
};

}  // namespace handin::blob::s3
