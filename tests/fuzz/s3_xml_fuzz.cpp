// What an S3 server answers with.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "blob/s3/pieces.hpp"
#include "blob/s3/xml.hpp"

using namespace handin::blob::s3;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view xml(reinterpret_cast<const char*>(data), size);
    parse_failure(xml);
    parse_pending(xml);
    parse_upload_id(xml);
    if (const auto etag = parse_etag(xml)) complete_body({*etag});
    if (const auto listing = parse_listing(xml))
        for (const auto& object : listing->objects)
            parse_piece(object.key);
    return 0;
}
