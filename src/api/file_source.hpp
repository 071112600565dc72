// A stored file on its way out, for the downloads of every dialect.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "blob/blob.hpp"
#include "http/response.hpp"

namespace handin::api {

// A first piece that has been looked at already, then the rest.
class FileSource final : public http::Source {
 public:
    FileSource(std::unique_ptr<blob::Reader> reader, std::string_view first)
        : reader_(std::move(reader)), first_(first) {}

    task<std::string_view> next() override {
        if (!first_.empty()) co_return std::exchange(first_, {});
        co_return co_await reader_->next();
    }

 private:
    std::unique_ptr<blob::Reader> reader_;
    std::string_view first_;  // the reader's own, until it is asked for more
};

}  // namespace handin::api
