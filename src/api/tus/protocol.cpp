// The tus protocol 1.0.0: core, creation, creation-with-upload, creation-defer-length, expiration,
// checksum, termination, concatenation.
#include <exception>

#include "api/tus/headers.hpp"
#include "api/tus/reply.hpp"
#include "api/tus/tus.hpp"

namespace handin::tus {
namespace {

constexpr std::string_view kExtensions =
    "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,"
    "concatenation";
constexpr std::string_view kBytesType = "application/offset+octet-stream";

http::Response bad_request(std::string_view message) {
    return failure(400, "bad_request", message);
}

bool has_body(const http::Request& request) {
    return request.body().length().value_or(1) > 0;
}

// nullopt: the request names none.
std::expected<std::optional<service::ExpectedChecksum>, std::string> checksum_of(
    const http::Request& request) {
    const auto text = request.header("Upload-Checksum");
    if (text.empty()) return std::nullopt;
    return parse_checksum(text);
}

// What is wrong with the length that a creation tells, or fails to tell.
std::optional<http::Response> read_length(const http::Request& request, bool is_final,
                                          std::optional<std::uint64_t>& length) {
    const auto told = request.header("Upload-Length");
    const auto deferred = request.header("Upload-Defer-Length");
    if (is_final) {
        if (!told.empty() || !deferred.empty())
            return bad_request("The length of a final upload is that of its parts.");
        return std::nullopt;
    }
    if (!deferred.empty() && (deferred != "1" || !told.empty()))
        return bad_request("Send Upload-Length, or Upload-Defer-Length: 1.");
    if (!deferred.empty()) return std::nullopt;
    length = parse_bytes(told);
    if (!length) return bad_request("Upload-Length: expected a number of bytes.");
    return std::nullopt;
}

}  // namespace

http::Response Tus::options() const {
    http::Response response;
    response.status = 204;
    response.headers = {{"Tus-Resumable", std::string(kVersion)},
                        {"Tus-Version", std::string(kVersion)},
                        {"Tus-Extension", std::string(kExtensions)},
                        {"Tus-Max-Size", std::to_string(uploads_.limits().bytes)},
                        {"Tus-Checksum-Algorithm", std::string(kChecksumAlgorithms)}};
    return response;
}

task<http::Response> Tus::create(http::Request request, domain::Actor actor) {
    service::NewUpload about;
    std::optional<Concat> concat;
    if (const auto text = request.header("Upload-Concat"); !text.empty()) {
        auto parsed = parse_concat(text);
        if (!parsed) co_return bad_request(parsed.error());
        concat = std::move(*parsed);
        about.kind = domain::Upload::Kind::part;
    }
    const bool is_final = concat && concat->final;
    if (auto no = read_length(request, is_final, about.length)) co_return std::move(*no);
    about.metadata = request.header("Upload-Metadata");
    auto metadata = parse_metadata(about.metadata);
    if (!metadata) co_return bad_request(metadata.error());
    about.filename = std::move(metadata->filename);
    about.media_type = std::move(metadata->media_type);
    const bool with_bytes = has_body(request);
    if (with_bytes && is_final) co_return bad_request("A final upload is made of its parts only.");
    if (with_bytes && request.header("Content-Type") != kBytesType)
        co_return failure(415, "wrong_type", "Send bytes as application/offset+octet-stream.");
    auto checksum = checksum_of(request);
    if (!checksum) co_return bad_request(checksum.error());
    if (is_final) co_return co_await join(actor, std::move(about), std::move(concat->parts));

    auto made = co_await uploads_.create(actor, std::move(about));
    if (!made) co_return failure(made.error());
    const auto location = url_of(made->id);
    if (with_bytes && made->length != 0) {
        made = co_await receive(request, actor,
                                {.upload_id = made->id,
                                 .bytes = request.body().length(),
                                 .checksum = std::move(*checksum)});
        if (!made) co_return failure(made.error());
    }
    auto response = progress(201, *made);
    response.headers.emplace_back("Location", location);
    co_return response;
}

task<http::Response> Tus::join(domain::Actor actor, service::NewUpload about,
                               std::vector<Uuid> parts) {
    const auto made = co_await uploads_.join(actor, std::move(about), std::move(parts));
    if (!made) co_return failure(made.error());
    auto response = progress(201, *made);
    response.headers.emplace_back("Location", url_of(made->id));
    co_return response;
}

task<http::Response> Tus::head(domain::Actor actor, Uuid id) {
    using Kind = domain::Upload::Kind;
    const auto upload = co_await uploads_.find(actor, id);
    if (!upload) co_return failure(upload.error());
    auto response = progress(200, *upload);
    auto& headers = response.headers;
    headers.emplace_back("Cache-Control", "no-store");
    if (upload->length)
        headers.emplace_back("Upload-Length", std::to_string(*upload->length));
    else
        headers.emplace_back("Upload-Defer-Length", "1");
    if (!upload->metadata.empty()) headers.emplace_back("Upload-Metadata", upload->metadata);
    if (upload->kind == Kind::part) headers.emplace_back("Upload-Concat", "partial");
    if (upload->kind == Kind::joined) {
        std::string parts;
        for (const auto& part : upload->parts)
            parts += (parts.empty() ? "final;" : " ") + url_of(part);
        headers.emplace_back("Upload-Concat", std::move(parts));
    }
    co_return response;
}

task<http::Response> Tus::patch(http::Request request, domain::Actor actor, Uuid id) {
    if (request.header("Content-Type") != kBytesType)
        co_return failure(415, "wrong_type", "Send bytes as application/offset+octet-stream.");
    const auto offset = parse_bytes(request.header("Upload-Offset"));
    if (!offset) co_return bad_request("Upload-Offset: expected a number of bytes.");
    service::Uploads::Append append{
        .upload_id = id, .offset = *offset, .bytes = request.body().length()};
    if (const auto text = request.header("Upload-Length"); !text.empty()) {
        append.length = parse_bytes(text);
        if (!append.length) co_return bad_request("Upload-Length: expected a number of bytes.");
    }
    auto checksum = checksum_of(request);
    if (!checksum) co_return bad_request(checksum.error());
    append.checksum = std::move(*checksum);
    const auto upload = co_await receive(request, actor, std::move(append));
    if (upload) co_return progress(204, *upload);
    // Whoever has sent everything and did not hear so asks again with nothing more.
    if (upload.error().front().reason == domain::Reason::upload_finished && !has_body(request)) {
        const auto complete = co_await uploads_.find(actor, id);
        if (complete) co_return progress(204, *complete);
    }
    co_return failure(upload.error());
}

// What comes is kept, also if the client goes away before it has sent all of it.
task<std::expected<domain::Upload, domain::Refusals>> Tus::receive(
    http::Request request, domain::Actor actor, service::Uploads::Append append) {
    auto opened = co_await uploads_.receive(actor, std::move(append));
    if (!opened) co_return std::unexpected(std::move(opened.error()));
    const auto receiver = std::move(*opened);
    std::exception_ptr broken;
    service::UploadReceiver::Written written;
    try {
        while (written) {
            const auto piece = co_await request.body().read();
            if (piece.empty()) break;
            written = co_await receiver->write(piece);
        }
    } catch (...) {
        broken = std::current_exception();
    }
    auto upload = co_await receiver->close(written && !broken);
    if (broken) std::rethrow_exception(broken);
    if (!written) co_return std::unexpected(std::move(written.error()));
    co_return upload;
}

}  // namespace handin::tus
