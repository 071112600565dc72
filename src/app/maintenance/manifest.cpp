#include "app/maintenance/manifest.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <stdexcept>

#include "app/data_folder.hpp"
#include "app/secret_file.hpp"
#include "base/encoding.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

constexpr int kFormat = 1;

json::object put(const Content& content) {
    return {{"size", content.size}, {"sha256", base64url(content.sha256)}};
}

Content content_in(const json::object& object) {
    Content content;
    content.size = object.at("size").to_number<std::uint64_t>();
    const auto digest = base64url_decode(std::string_view(object.at("sha256").as_string()));
    if (!digest || digest->size() != content.sha256.size())
        throw std::runtime_error("a hash is damaged");
    std::ranges::copy(as_bytes(*digest), content.sha256.begin());
    return content;
}

Manifest parse(const std::string& text) {
    const auto root = json::parse(text).as_object();
    if (root.at("format").to_number<int>() != kFormat)
        throw std::runtime_error("it was made by a later handin");
    Manifest manifest{.made_by = json::value_to<std::string>(root.at("made_by")),
                      .made_at = json::value_to<std::string>(root.at("made_at")),
                      .schema = root.at("schema").to_number<int>(),
                      .database = content_in(root.at("database").as_object()),
                      .files = root.at("files").to_number<std::uint64_t>(),
                      .file_bytes = root.at("file_bytes").to_number<std::uint64_t>(),
                      .others = {}};
    for (const auto& value : root.at("others").as_array()) {
        const auto& other = value.as_object();
        manifest.others.push_back({.path = json::value_to<std::string>(other.at("path")),
                                   .content = content_in(other),
                                   .mode = other.at("mode").to_number<unsigned>()});
    }
    return manifest;
}

}  // namespace

void write_manifest(const std::filesystem::path& backup, const Manifest& manifest) {
    json::array others;
    for (const auto& other : manifest.others) {
        auto object = put(other.content);
        object["path"] = other.path;
        object["mode"] = other.mode;
        others.push_back(std::move(object));
    }
    const json::object root{{"format", kFormat},
                            {"made_by", manifest.made_by},
                            {"made_at", manifest.made_at},
                            {"schema", manifest.schema},
                            {"database", put(manifest.database)},
                            {"files", manifest.files},
                            {"file_bytes", manifest.file_bytes},
                            {"others", std::move(others)}};
    write_secret(backup / kManifestFile, json::serialize(root) + "\n");
}

Manifest read_manifest(const std::filesystem::path& backup) {
    const auto file = backup / kManifestFile;
    const auto text = read_text(file);
    if (!text)
        throw std::runtime_error(backup.string() + " is no complete backup: it has no " +
                                 kManifestFile);
    try {
        return parse(*text);
    } catch (const std::exception& error) {
        throw std::runtime_error(file.string() + " cannot be used: " + error.what());
    }
}

}  // namespace handin::app
