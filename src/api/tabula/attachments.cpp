// Files that are sent before they are handed in (tabula.md 3.1, 3.2).
#include "api/tabula/render.hpp"
#include "api/tabula/tabula.hpp"
#include "base/encoding.hpp"
#include "domain/file_name.hpp"

namespace handin::tabula {
namespace {

constexpr std::size_t kLongestName = 1024;  // bytes; what is shown of it is shorter

// tabula.md 3.1: the query wins. A blank one is none (6, conflict 15).
std::optional<std::string> filename_in(const http::Request& request) {
    auto name = request.query("filename").value_or("");
    if (name.find_first_not_of(" \t") == std::string::npos)
        name = std::string(request.header("X-Filename"));
    if (name.find_first_not_of(" \t") == std::string::npos) return std::nullopt;
    // Of a path the last part, as with the files of a form.
    name.erase(0, name.find_last_of("/\\") + 1);
    name.resize(std::min(name.size(), kLongestName));
    return domain::sanitised_name(name);
}

http::Response quota(const domain::Refusal& refusal) {
    return failure(413, refusal.detail);
}

}  // namespace

task<http::Response> Tabula::upload_attachment(Call* call) {
    const auto filename = filename_in(call->request);
    if (!filename)
        co_return invalid({{.code = "fileattachment.api.nofilename",
                            .message = "Say what the file is called: in the query parameter "
                                       "filename, or in the header X-Filename."}});
    auto& uploads = services_.uploads;
    auto& body = call->request.body();
    const auto admitted = co_await uploads.admit(call->actor, body.length());
    if (!admitted) co_return quota(admitted.error().front());
    auto incoming = uploads.incoming();
    std::uint64_t size = 0;
    for (;;) {
        const auto piece = co_await body.read();
        if (piece.empty()) break;
        size += piece.size();
        if (size > admitted->room.bytes_one)
            co_return failure(413, "There is no room for a file of that size.");
        co_await uploads.write(&incoming, piece);
    }
    service::NewUpload about{
        .filename = *filename,
        .media_type = well_formed_utf8(call->request.header("Content-Type").substr(0, 255))};
    std::vector<service::Uploads::Arrived> files;
    files.push_back(co_await uploads.finish(std::move(about), std::move(incoming)));
    const auto kept = co_await uploads.keep(call->actor, std::move(files));
    if (!kept) co_return quota(kept.error().front());
    const auto& upload = kept->front();
    const service::KnownFile file{.id = upload.id,
                                  .name = upload.filename,
                                  .attached = false,
                                  .sha1 = upload.bytes.sha1,
                                  .uploaded_by = call->username,
                                  .uploaded_at = upload.created_at,
                                  .started_at = time_of(upload.id)};
    co_return created(*call, "/attachments/" + upload.id.str(),
                      {{"attachment", render(look_of(*call), file)}});
}

task<http::Response> Tabula::show_attachment(Call* call) {
    const auto id = Uuid::parse(call->request.parameter("attachment"));
    if (!id) co_return not_found("FileAttachment");
    const auto file = co_await services_.office.attachment(call->actor, *id);
    if (!file) co_return not_found("FileAttachment");
    co_return success({{"attachment", render(look_of(*call), *file)}});
}

}  // namespace handin::tabula
