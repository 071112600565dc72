#include "service/last_work.hpp"

#include <algorithm>
#include <system_error>

#include "base/log.hpp"

namespace handin::service {
namespace {

task<std::string> text_start(store::Store* store, blob::BlobStore* blobs, domain::FileBytes bytes) {
    std::string text;
    if (bytes.in_row) {
        text = co_await store::read(
            store, [&](store::Reader& reader) { return reader.row_bytes(bytes.storage_id); });
    } else {
        const auto wanted = std::min<std::uint64_t>(bytes.size, kTextStartBytes);
        const auto reader = co_await blobs->open(bytes.storage_id, 0, wanted);
        for (auto piece = co_await reader->next(); !piece.empty(); piece = co_await reader->next())
            text += piece;
    }
    if (text.size() > kTextStartBytes) text.resize(kTextStartBytes);
    if (text.size() < bytes.size) trim_to_code_point(text);
    co_return text;
}

}  // namespace

void trim_to_code_point(std::string& text) {
    std::size_t start = text.size();
    while (start > 0 && text.size() - start < 3 &&
           (static_cast<unsigned char>(text[start - 1]) & 0xc0U) == 0x80U)
        --start;
    if (start == 0) return;
    const auto lead = static_cast<unsigned char>(text[start - 1]);
    const std::size_t length = lead >= 0xf0U ? 4 : lead >= 0xe0U ? 3 : lead >= 0xc0U ? 2 : 1;
    if (text.size() - (start - 1) < length) text.resize(start - 1);
}

task<std::optional<domain::LastWork>> last_work(store::Store* store, blob::BlobStore* blobs,
                                                const domain::Attempt* attempt) {
    if (attempt == nullptr) co_return std::nullopt;
    domain::ShownWork shown;
    for (const auto& attachment : attempt->attachments)
        shown.add(attachment);
    domain::LastWork work{.attempt_ids = {attempt->id},
                          .kind = shown.kind,
                          .text = std::nullopt,
                          .url = shown.link ? std::optional(shown.link->url) : std::nullopt};
    if (shown.text == nullptr) co_return work;
    try {
        work.text = co_await text_start(store, blobs, shown.text->bytes);
    } catch (const std::system_error& error) {
        log::error("a text cannot be read",
                   {{"storage_id", shown.text->bytes.storage_id.str()}, {"error", error.what()}});
    }
    co_return work;
}

}  // namespace handin::service
