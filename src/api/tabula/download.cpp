// One file of a submission (tabula.md 3.6).
#include <charconv>
#include <utility>

#include "api/file_source.hpp"
#include "api/tabula/render.hpp"
#include "api/tabula/tabula.hpp"
#include "base/encoding.hpp"
#include "blob/media_type.hpp"
#include "service/office/find.hpp"

namespace handin::tabula {
namespace {

struct Range {
    std::uint64_t first = 0;
    std::uint64_t length = 0;
    bool whole = true;
};

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || at != end) return std::nullopt;
    return value;
}

// RFC 9110 14.2: what is no range of bytes, or more than one, is as if it were not there. Nothing:
// there are no such bytes.
std::optional<Range> range_of(std::string_view header, std::uint64_t size) {
    const Range all{.first = 0, .length = size};
    constexpr std::string_view unit = "bytes=";
    if (!header.starts_with(unit)) return all;
    const auto text = header.substr(unit.size());
    const auto dash = text.find('-');
    if (dash == std::string_view::npos || text.contains(',')) return all;
    const auto first = number(text.substr(0, dash));
    const auto last = number(text.substr(dash + 1));
    if (!first && !last) return all;
    if (!first) {  // so many of the end
        if (*last == 0 || size == 0) return std::nullopt;
        const auto length = std::min(*last, size);
        return Range{.first = size - length, .length = length, .whole = false};
    }
    if (dash + 1 < text.size() && (!last || *last < *first)) return all;
    if (*first >= size) return std::nullopt;
    const auto end = last ? std::min(*last, size - 1) : size - 1;
    return Range{.first = *first, .length = end - *first + 1, .whole = false};
}

// tabula.md 3.6; names only where markers see them.
std::string suggested_name(const service::MemberWork& found, const std::string& filename) {
    auto name = service::office::code_of(found.place.module.klass) + " - ";
    const auto& person = found.work.person;
    if (found.place.assignment.rules.marking == domain::Anonymity::named)
        name += person.display_name() + " - ";
    return name + name_of(person) + " - " + filename;
}

http::Response unsatisfiable(std::uint64_t size) {
    auto response = failure(416, "The file has no such bytes.");
    response.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
    return response;
}

}  // namespace

task<http::Response> Tabula::download(Call* call) {
    const auto id = Uuid::parse(call->request.parameter("assignment"));
    if (!id) co_return not_found("Assignment");
    const auto attempt = Uuid::parse(call->request.parameter("submission"));
    auto file = co_await services_.office.file(call->actor, call->request.parameter("module"), *id,
                                               attempt.value_or(Uuid{}),
                                               call->request.parameter("filename"));
    if (!file) co_return refused(*call, file.error(), "Submission.Read");
    auto& download = file->download;
    const auto& bytes = download.attachment.bytes;
    const auto filename = service::office::filename_of(download.attachment);
    const auto range = range_of(call->request.header("Range"), bytes.size);
    if (!range) co_return unsatisfiable(bytes.size);

    http::Response response;
    response.headers.emplace_back("Content-Disposition",
                                  blob::download_disposition(suggested_name(file->of, filename)));
    response.headers.emplace_back("Accept-Ranges", "bytes");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("Content-Security-Policy", "sandbox; default-src 'none'");
    response.headers.emplace_back("Cache-Control", "private");
    response.headers.emplace_back("ETag", '"' + hex(bytes.sha256) + '"');
    if (!range->whole) {
        response.status = 206;
        response.headers.emplace_back("Content-Range",
                                      "bytes " + std::to_string(range->first) + '-' +
                                          std::to_string(range->first + range->length - 1) + '/' +
                                          std::to_string(bytes.size));
    }
    co_await services_.office.open(&*file, range->first, range->length);
    if (call->request.method != http::Method::head)
        co_await services_.office.note_download(call->actor, &*file);
    if (bytes.in_row) {
        response.content_type = blob::sniff_media_type(download.row_bytes, filename);
        response.body = download.row_bytes.substr(range->first, range->length);
        co_return response;
    }
    const auto first = co_await download.reader->next();
    response.content_type = range->first == 0 ? blob::sniff_media_type(first, filename)
                                              : blob::sniff_media_type("", filename);
    response.source_length = range->length;
    response.source = std::make_unique<api::FileSource>(std::move(download.reader), first);
    co_return response;
}

}  // namespace handin::tabula
