// Uploads without tus: a file is the body of one request, or files are the parts of a form.
#include <algorithm>

#include "api/tus/form.hpp"
#include "api/tus/headers.hpp"
#include "api/tus/reply.hpp"
#include "api/tus/tus.hpp"
#include "base/encoding.hpp"

namespace handin::tus {
namespace {

bool is_multipart(std::string_view type) {
    constexpr std::string_view prefix = "multipart/";
    return type.size() >= prefix.size() &&
           std::ranges::equal(type.substr(0, prefix.size()), prefix, {}, [](char c) {
               return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
           });
}

}  // namespace

task<http::Response> Tus::keep_whole(http::Request request, domain::Actor actor) {
    service::NewUpload about;
    about.media_type = well_formed_utf8(request.header("Content-Type").substr(0, 255));
    if (is_multipart(about.media_type))
        co_return failure(415, "wrong_type",
                          "Send the file itself as the body, or multipart/form-data.");
    about.filename = request.query("filename").value_or("");
    if (!is_good_name(about.filename))
        co_return failure(400, "bad_request",
                          "filename: UTF-8 without control characters, 1024 bytes at most.");
    auto& body = request.body();
    const auto admitted = co_await uploads_.admit(actor, body.length());
    if (!admitted) co_return failure(admitted.error());

    auto incoming = uploads_.incoming();
    std::uint64_t size = 0;
    for (;;) {
        const auto piece = co_await body.read();
        if (piece.empty()) break;
        size += piece.size();
        if (size > admitted->room.bytes_one)
            co_return failure(413, size > uploads_.limits().bytes ? "too_large" : "quota_exceeded",
                              "There is no room for a file of that size.");
        co_await uploads_.write(&incoming, piece);
    }
    std::vector<service::Uploads::Arrived> files;
    files.push_back(co_await uploads_.finish(std::move(about), std::move(incoming)));
    const auto kept = co_await uploads_.keep(actor, std::move(files));
    if (!kept) co_return failure(kept.error());
    auto response = shown(201, kept->front());
    response.headers.emplace_back("Location", url_of(kept->front().id));
    co_return response;
}

task<http::Response> Tus::keep_form(http::Request request, domain::Actor actor) {
    auto reader = http::MultipartReader::open(request);
    if (!reader) co_return failure(400, "bad_request", reader.error().message + ".");
    const auto admitted = co_await uploads_.admit(actor, std::nullopt);
    if (!admitted) co_return failure(admitted.error());
    const auto& room = admitted->room;
    if (request.body().length().value_or(0) > room.bytes + UploadForm::most_around())
        co_return failure(413, "quota_exceeded", "There is no room for files of that size.");
    auto content = co_await UploadForm(std::move(*reader), uploads_, room).read();
    if (!content) co_return std::move(content.error());
    const auto kept = co_await uploads_.keep(actor, std::move(content->files));
    if (!kept) co_return failure(kept.error());
    co_return shown(201, *kept, content->ignored);
}

task<http::Response> Tus::show(domain::Actor actor, Uuid id) {
    const auto upload = co_await uploads_.find(actor, id);
    if (!upload) co_return failure(upload.error());
    co_return shown(200, *upload);
}

task<http::Response> Tus::discard(domain::Actor actor, Uuid id) {
    const auto done = co_await uploads_.discard(actor, id);
    if (!done) co_return failure(done.error());
    http::Response response;
    response.status = 204;
    response.headers.emplace_back("Tus-Resumable", kVersion);
    co_return response;
}

}  // namespace handin::tus
