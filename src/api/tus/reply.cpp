#include "api/tus/reply.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <span>

#include "base/encoding.hpp"
#include "http/date.hpp"

namespace handin::tus {
namespace {

namespace json = boost::json;
using domain::Reason;
using domain::Upload;

struct Row {
    Reason reason;
    int status;
    std::string_view code;
};

// Statuses are those of the protocol where it names one.
constexpr std::array kTable{
    Row{Reason::not_permitted, 403, "not_permitted"},
    Row{Reason::upload_not_found, 404, "not_found"},
    Row{Reason::upload_expired, 410, "expired"},
    Row{Reason::upload_unfinished, 400, "unfinished"},
    Row{Reason::upload_finished, 403, "complete"},
    Row{Reason::upload_joined, 403, "concatenated"},
    Row{Reason::upload_attached, 403, "handed_in"},
    Row{Reason::upload_kind, 400, "not_partial"},
    Row{Reason::upload_busy, 423, "locked"},
    Row{Reason::upload_offset, 409, "wrong_offset"},
    Row{Reason::upload_length, 400, "wrong_length"},
    Row{Reason::upload_too_large, 413, "too_large"},
    Row{Reason::upload_quota, 413, "quota_exceeded"},
    Row{Reason::upload_checksum, 460, "checksum_mismatch"},
};

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

std::string_view name_of(Upload::State state) {
    switch (state) {
        case Upload::State::receiving:
            return "receiving";
        case Upload::State::finished:
            return "finished";
        case Upload::State::attached:
            break;
    }
    return "handed_in";
}

json::object facts_of(const Upload& upload) {
    json::object object{{"id", upload.id.str()},
                        {"state", view(name_of(upload.state))},
                        {"size", nullptr},
                        {"received", upload.received},
                        {"sha256", nullptr},
                        {"filename", upload.filename},
                        {"content_type", upload.media_type},
                        {"created_at", iso_seconds(upload.created_at)},
                        {"expires_at", iso_seconds(upload.expires_at)}};
    if (upload.length) object["size"] = *upload.length;
    if (upload.state != Upload::State::receiving) object["sha256"] = hex(upload.bytes.sha256);
    return object;
}

http::Response rendered(int status, const json::object& object) {
    http::Response response;
    response.status = status;
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = json::serialize(object);
    return response;
}

}  // namespace

std::string url_of(const Uuid& upload_id) {
    return std::string(kPath) + '/' + upload_id.str();
}

http::Response failure(int status, std::string_view code, std::string_view message) {
    auto response =
        rendered(status, {{"error", {{"code", view(code)}, {"message", view(message)}}}});
    response.headers.emplace_back("Tus-Resumable", kVersion);
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    if (status == 412) response.headers.emplace_back("Tus-Version", kVersion);
    if (status == 423 || status == 503)
        response.headers.emplace_back("Retry-After", http::retry_after());
    return response;
}

http::Response failure(const domain::Refusals& refusals) {
    const auto& first = refusals.front();
    const auto row = std::ranges::find(kTable, first.reason, &Row::reason);
    if (row == kTable.end()) return failure(400, "refused", first.detail);
    return failure(row->status, row->code, first.detail);
}

http::Response shown(int status, const Upload& upload) {
    return rendered(status, facts_of(upload));
}

http::Response shown(int status, const std::vector<Upload>& uploads,
                     const std::vector<std::string>& ignored) {
    json::array list;
    for (const auto& upload : uploads)
        list.push_back(facts_of(upload));
    json::object object{{"uploads", std::move(list)}};
    if (!ignored.empty()) object["ignored"] = json::value_from(ignored);
    return rendered(status, object);
}

http::Response progress(int status, const Upload& upload) {
    http::Response response;
    response.status = status;
    response.content_type.clear();
    response.headers.emplace_back("Tus-Resumable", kVersion);
    response.headers.emplace_back("Upload-Offset", std::to_string(upload.received));
    response.headers.emplace_back("Upload-Expires",
                                  http::http_date(whole_seconds(upload.expires_at)));
    return response;
}

}  // namespace handin::tus
