#include "blob/s3/xml.hpp"

#include <charconv>
#include <pugixml.hpp>

namespace handin::blob::s3 {
namespace {

// The root element, if it has that name. Namespaces are no prefixes in what S3 sends.
pugi::xml_node root_of(pugi::xml_document& document, std::string_view xml, const char* name) {
    if (!document.load_buffer(xml.data(), xml.size())) return {};
    return document.child(name);
}

std::string text_of(const pugi::xml_node& node, const char* name) {
    return node.child_value(name);
}

bool is_true(const pugi::xml_node& node, const char* name) {
    return text_of(node, name) == "true";
}

std::optional<std::uint64_t> number_of(const pugi::xml_node& node, const char* name) {
    const auto text = text_of(node, name);
    std::uint64_t value = 0;
    const auto* const end = text.data() + text.size();
    if (text.empty() || std::from_chars(text.data(), end, value).ptr != end) return std::nullopt;
    return value;
}

// 2026-11-25T02:01:57.000Z; to the second.
std::optional<Time> time_of(const pugi::xml_node& node, const char* name) {
    const auto text = text_of(node, name);
    if (text.size() < 20) return std::nullopt;
    return parse_iso_micros(text.substr(0, 19) + ".000000Z");
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else
            out += c;
    }
    return out;
}

}  // namespace

Failure parse_failure(std::string_view xml) {
    pugi::xml_document document;
    const auto root = root_of(document, xml, "Error");
    return {.code = text_of(root, "Code"), .message = text_of(root, "Message")};
}

std::optional<Listing> parse_listing(std::string_view xml) {
    pugi::xml_document document;
    const auto root = root_of(document, xml, "ListBucketResult");
    if (!root) return std::nullopt;
    Listing listing;
    for (const auto& node : root.children("Contents")) {
        const auto size = number_of(node, "Size");
        const auto modified = time_of(node, "LastModified");
        if (!size || !modified) return std::nullopt;
        listing.objects.push_back(
            {.key = text_of(node, "Key"), .size = *size, .modified = *modified});
    }
    for (const auto& node : root.children("CommonPrefixes"))
        listing.prefixes.push_back(text_of(node, "Prefix"));
    if (is_true(root, "IsTruncated")) {
        listing.next = text_of(root, "NextContinuationToken");
        if (listing.next.empty()) return std::nullopt;
    }
    return listing;
}

std::optional<PendingUploads> parse_pending(std::string_view xml) {
    pugi::xml_document document;
    const auto root = root_of(document, xml, "ListMultipartUploadsResult");
    if (!root) return std::nullopt;
    PendingUploads pending;
    for (const auto& node : root.children("Upload")) {
        const auto begun = time_of(node, "Initiated");
        if (!begun) return std::nullopt;
        pending.uploads.push_back(
            {.key = text_of(node, "Key"), .upload_id = text_of(node, "UploadId"), .begun = *begun});
    }
    if (is_true(root, "IsTruncated")) {
        pending.next_key = text_of(root, "NextKeyMarker");
        pending.next_id = text_of(root, "NextUploadIdMarker");
        if (pending.next_key.empty()) return std::nullopt;
    }
    return pending;
}

std::optional<std::string> parse_upload_id(std::string_view xml) {
    pugi::xml_document document;
    auto id = text_of(root_of(document, xml, "InitiateMultipartUploadResult"), "UploadId");
    if (id.empty()) return std::nullopt;
    return id;
}

std::optional<std::string> parse_etag(std::string_view xml) {
    pugi::xml_document document;
    if (!document.load_buffer(xml.data(), xml.size())) return std::nullopt;
    const auto root = document.document_element();
    if (std::string_view(root.name()) == "Error") return std::nullopt;
    auto etag = text_of(root, "ETag");
    if (etag.empty()) return std::nullopt;
    return etag;
}

std::string complete_body(const std::vector<std::string>& etags) {
    std::string xml = "<CompleteMultipartUpload>";
    for (std::size_t i = 0; i < etags.size(); ++i)
        xml += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" +
               escaped(etags[i]) + "</ETag></Part>";
    return xml + "</CompleteMultipartUpload>";
}

}  // namespace handin::blob::s3
