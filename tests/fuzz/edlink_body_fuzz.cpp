// Fuzzes SubmitBodyParser: the same body whole and in chunks must read the same, and what it takes
// must be what boost::json::parse makes of the document. The first byte is the size of the chunks,
// the second chooses the limits, the rest is the body.
//
//   clang++-19 -std=c++23 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
//   -Isrc
//     tests/fuzz/edlink_body_fuzz.cpp src/api/edlink/body/*.cpp -lboost_json -o edlink_body_fuzz
//   ./edlink_body_fuzz -max_len=4096 -max_total_time=180 corpus/

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/edlink/body/submit_body.hpp"

namespace {

using handin::edlink::AttachmentFields;
using handin::edlink::Piece;
using handin::edlink::Problem;
using handin::edlink::SubmitBodyOptions;
using handin::edlink::SubmitBodyParser;
namespace json = boost::json;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: %s\n", what);
    std::abort();
}

struct Reading {
    std::optional<Problem> problem = {};
    std::vector<AttachmentFields> fields = {};
    std::map<std::size_t, std::string> data = {}, text = {};
    std::vector<std::string> unexpected = {};
    bool has_attachments = false;
    bool operator==(const Reading&) const = default;
};

Reading read(std::string_view body, std::size_t chunk_size, const SubmitBodyOptions& options) {
    SubmitBodyParser parser(options);
    Reading reading;
    for (std::size_t at = 0; at < body.size(); at += chunk_size) {
        const auto chunk = body.substr(at, chunk_size);
        const std::vector<char> copy(chunk.begin(), chunk.end());  // ASan sees its end
        for (const Piece& piece : parser.feed({copy.data(), copy.size()})) {
            require(!piece.bytes.empty(), "empty piece");
            (piece.of == Piece::Of::data ? reading.data : reading.text)[piece.attachment] +=
                piece.bytes;
        }
    }
    parser.finish();
    if (parser.problem()) {
        reading = Reading{};
        reading.problem = parser.problem();
        return reading;
    }
    reading.fields.assign(parser.attachments().begin(), parser.attachments().end());
    reading.unexpected.assign(parser.unexpected_fields().begin(), parser.unexpected_fields().end());
    reading.has_attachments = parser.has_attachments_key();
    return reading;
}

bool same_string(const std::optional<std::string>& field, const json::object& object,
                 std::string_view key) {
    const json::value* value = object.if_contains(key);
    if (value == nullptr || value->is_null()) return !field;
    return field && value->is_string() && std::string_view(value->get_string()) == *field;
}

// What the number lists stand for, the slow and obvious way.
std::string bytes_of(const json::value& data) {
    std::string bytes;
    const auto add = [&bytes](const json::value& v) {
        require(v.is_int64() && v.get_int64() >= 0 && v.get_int64() <= 255, "not a byte");
        bytes += static_cast<char>(v.get_int64());
    };
    if (data.is_array()) {
        for (const json::value& v : data.get_array())
            add(v);
        return bytes;
    }
    const json::object& object = data.as_object();
    if (object.contains("type")) {
        require(object.size() == 2 && object.at("type") == "Buffer", "not a Buffer");
        require(object.at("data").is_array(), "Buffer without array");
        return bytes_of(object.at("data"));
    }
    std::size_t index = 0;
    for (const auto& [key, v] : object) {
        require(std::string_view(key) == std::to_string(index++), "keys out of order");
        add(v);
    }
    return bytes;
}

void compare(const Reading& reading, const json::value& document, bool in_form) {
    require(document.is_object() || (in_form && document.is_array()), "took what is no object");
    const json::value* list =
        document.is_array() ? &document : document.get_object().if_contains("attachments");
    require(reading.has_attachments == (list != nullptr), "attachments key");
    if (list == nullptr) {
        require(reading.fields.empty(), "attachments out of nothing");
        return;
    }
    require(list->is_array() && list->get_array().size() == reading.fields.size(), "list");
    for (std::size_t i = 0; i < reading.fields.size(); ++i) {
        const AttachmentFields& f = reading.fields[i];
        require(list->get_array()[i].is_object(), "element");
        const json::object& object = list->get_array()[i].get_object();
        require(same_string(f.type, object, "type"), "type");
        require(same_string(f.title, object, "title"), "title");
        require(same_string(f.description, object, "description"), "description");
        require(same_string(f.url, object, "url"), "url");
        if (in_form) require(same_string(f.part, object, "part"), "part");
        if (!in_form) require(!f.part, "part out of a form");
        require(same_string(f.upload_id, object, "upload_id"), "upload_id");
        const json::value* size = object.if_contains("size");
        require(f.size ? size != nullptr && *size == *f.size : size == nullptr || size->is_null(),
                "size");
        const auto of = [i](const auto& all) {
            return all.contains(i) ? all.at(i) : std::string();
        };
        const json::value* data = object.if_contains("data");
        require(f.has_data == (data != nullptr), "has data");
        require(f.data_bytes == of(reading.data).size(), "data bytes");
        if (data != nullptr) require(bytes_of(*data) == of(reading.data), "data");
        require(f.text_bytes == of(reading.text).size(), "text bytes");
        require(same_string(f.has_text ? std::optional(of(reading.text)) : std::nullopt, object,
                            "text"),
                "text");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view body(reinterpret_cast<const char*>(input) + 2, size - 2);
    const std::size_t chunk_size = input[0] < 240 ? input[0] + 1U : (input[0] - 239U) * 500U;
    SubmitBodyOptions options;
    if ((input[1] & 1U) != 0) options = {.max_attachments = 3, .max_text_bytes = 20};
    options.in_form = (input[1] & 2U) != 0;

    const Reading whole = read(body, std::max<std::size_t>(body.size(), 1), options);
    const Reading chunked = read(body, chunk_size, options);
    const auto too_long = [](const Reading& r) {
        return r.problem && r.problem->kind == Problem::Kind::too_long;
    };
    if (too_long(whole) || too_long(chunked)) {
        // Which comes first, the limit or a mistake behind it in the same string, may differ.
        require(whole.problem && chunked.problem, "too long or not");
        return 0;
    }
    require(whole == chunked, "chunked differs from whole");

    json::error_code ec;
    const json::value document = json::parse({body.data(), body.size()}, ec);
    if (ec) {
        require(whole.problem.has_value(), "took what is not JSON");
    } else if (!whole.problem) {
        compare(whole, document, options.in_form);
    }
    return 0;
}
