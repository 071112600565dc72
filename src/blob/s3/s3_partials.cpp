#include "blob/s3/s3_partials.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/log.hpp"
#include "blob/s3/pieces.hpp"
#include "blob/s3/s3_partial.hpp"
#include "blob/s3/s3_reader.hpp"

namespace handin::blob::s3 {
namespace {

// The first bytes of a file, from one piece after the other.
class PiecesReader final : public Reader {
 public:
    PiecesReader(Bucket& bucket, std::vector<Piece> pieces, std::uint64_t length)
        : bucket_(bucket), pieces_(std::move(pieces)), length_(length) {}

    task<std::string_view> next() override {
        for (;;) {
            if (reader_) {
                const auto bytes = co_await reader_->next();
                if (!bytes.empty()) co_return bytes;
                reader_.reset();
            }
            if (at_ == pieces_.size()) co_return std::string_view();
            const auto& piece = pieces_[at_++];
            reader_ = co_await S3Reader::open(&bucket_, piece.key, 0,
                                              std::min(piece.size, length_ - piece.offset));
        }
    }

 private:
    Bucket& bucket_;
    std::vector<Piece> pieces_;
    std::uint64_t length_;
    std::size_t at_ = 0;
    std::unique_ptr<Reader> reader_;
};

// From the file that was made of the pieces: whoever was to remember that could not.
task<std::unique_ptr<Reader>> read_finished(Bucket* bucket, Uuid storage_id, std::uint64_t length) {
    const auto key = key_of(storage_id);
    if (co_await bucket->size_of(key) < length)  // also if there is none
        throw std::system_error(EIO, std::generic_category(), "a partial file has lost bytes");
    co_return co_await S3Reader::open(bucket, key, 0, length);
}

task<void> forget_pieces(Tools tools, Uuid storage_id) {
    try {
        for (const auto& piece : co_await list_pieces(tools, storage_id))
            co_await tools.bucket.remove(piece.key);
    } catch (const std::system_error& error) {
        log::error("blob: a partial file was not removed",
                   {{"storage_id", storage_id.str()}, {"reason", error.what()}});
    }
}

task<std::vector<Uuid>> list_files(Tools tools) {
    std::vector<Uuid> ids;
    std::string token;
    do {
        auto page = co_await tools.bucket.list(kPartialsPrefix, "/", token);
        for (const auto& prefix : page.prefixes) {
            auto name = std::string_view(prefix).substr(std::string_view(kPartialsPrefix).size());
            if (name.ends_with('/')) name.remove_suffix(1);
            if (const auto id = Uuid::parse(name)) ids.push_back(*id);
        }
        token = std::move(page.next);
    } while (!token.empty());
    co_return ids;
}

}  // namespace

task<std::unique_ptr<PartialFile>> S3Partials::resume(Uuid storage_id, std::uint64_t length) {
    auto pieces = co_await list_pieces(tools_, storage_id);
    auto chain = chain_of(pieces, length);
    auto partial = std::make_unique<S3Partial>(tools_, storage_id);
    if (chain)
        co_await partial->go_on(std::move(pieces), std::move(*chain), length);
    else
        co_await partial->start_over(co_await read_finished(&tools_.bucket, storage_id, length));
    co_return partial;
}

task<std::unique_ptr<Reader>> S3Partials::read(Uuid storage_id, std::uint64_t length) {
    auto chain = chain_of(co_await list_pieces(tools_, storage_id), length);
    if (!chain) co_return co_await read_finished(&tools_.bucket, storage_id, length);
    co_return std::make_unique<PiecesReader>(tools_.bucket, std::move(*chain), length);
}

void S3Partials::remove(Uuid storage_id) {
    tools_.background.start(forget_pieces(tools_, storage_id));
}

std::vector<Uuid> S3Partials::list() {
    return tools_.background.run(list_files(tools_));
}

}  // namespace handin::blob::s3
