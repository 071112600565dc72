// Reading receipts. Whatever may be in the text, what is taken is compared with what render() makes
// of it: so unknown, repeated and reordered members, second ways to write a value, and bits that a
// decoder would pass over are all found in one place.
#include <algorithm>
#include <boost/json/parse.hpp>

#include "base/encoding.hpp"
#include "receipt/canonical_json.hpp"
#include "receipt/receipt.hpp"

namespace handin::receipt {
namespace {

namespace json = boost::json;

struct Malformed {
    std::string reason;
};

// An object or list on its way to a value, with the name that an error tells.
class Node {
 public:
    Node(const json::value& value, std::string name) : value_(value), name_(std::move(name)) {}

    Node at(std::string_view member) const {
        const auto* object = value_.if_object();
        if (object == nullptr) fail("an object");
        const auto* found = object->if_contains(member);
        auto name = name_.empty() ? std::string(member) : name_ + "." + std::string(member);
        if (found == nullptr) throw Malformed{name + " is missing"};
        return {*found, std::move(name)};
    }
    std::vector<Node> items() const {
        const auto* array = value_.if_array();
        if (array == nullptr) fail("a list");
        std::vector<Node> nodes;
        for (const auto& item : *array)
            nodes.emplace_back(item, name_ + "[" + std::to_string(nodes.size()) + "]");
        return nodes;
    }
    bool null() const { return value_.is_null(); }

    std::string text() const {
        if (!value_.is_string()) fail("a text");
        return std::string(value_.get_string());
    }
    std::uint64_t number() const {
        if (value_.is_uint64()) return value_.get_uint64();
        if (!value_.is_int64() || value_.get_int64() < 0) fail("a whole number");
        return static_cast<std::uint64_t>(value_.get_int64());
    }
    Uuid id() const {
        const auto id = Uuid::parse(text());
        if (!id) fail("a UUID");
        return *id;
    }
    Time time() const {
        const auto time = parse_iso_micros(text());
        if (!time) fail("a time like 2025-08-05T23:05:25.419083Z");
        return *time;
    }
    template <std::size_t N>
    std::array<std::uint8_t, N> hex() const {
        return fixed<N>(hex_decode(text()), "hexadecimal");
    }
    template <std::size_t N>
    std::array<std::uint8_t, N> base64url() const {
        return fixed<N>(base64url_decode(text()), "base64url");
    }
    domain::AttachmentKind kind() const {
        using Kind = domain::AttachmentKind;
        const auto name = text();
        for (const auto kind : {Kind::file, Kind::link, Kind::text})
            if (name == kind_name(kind)) return kind;
        fail("file, link or text");
    }
    std::uint32_t number32() const {
        const auto value = number();
        if (value > std::numeric_limits<std::uint32_t>::max()) fail("a smaller number");
        return static_cast<std::uint32_t>(value);
    }

 private:
    [[noreturn]] void fail(std::string_view expected) const {
        throw Malformed{(name_.empty() ? "the receipt" : name_) + ": expected " +
                        std::string(expected)};
    }

    template <std::size_t N>
    std::array<std::uint8_t, N> fixed(const std::optional<std::string>& bytes,
                                      std::string_view encoding) const {
        if (!bytes || bytes->size() != N)
            fail(std::to_string(N) + " bytes in " + std::string(encoding));
        std::array<std::uint8_t, N> value{};
        std::ranges::copy(*bytes, value.begin());
        return value;
    }

    const json::value& value_;
    std::string name_;
};

domain::Attachment attachment_in(const Node& node) {
    domain::Attachment attachment;
    attachment.kind = node.at("kind").kind();
    attachment.title = node.at("title").text();
    if (attachment.kind == domain::AttachmentKind::link) {
        attachment.url = node.at("url").text();
    } else {
        attachment.bytes.sha256 = node.at("sha256").hex<32>();
        attachment.bytes.size = node.at("size").number();
    }
    return attachment;
}

domain::Attempt attempt_in(const Node& node) {
    domain::Attempt attempt;
    attempt.id = node.at("attempt_id").id();
    attempt.submission_id = node.at("submission_id").id();
    attempt.number = node.at("attempt").number32();
    if (const auto actor = node.at("actor_id"); !actor.null()) attempt.actor_id = actor.id();
    attempt.received_at = node.at("received_at").time();
    attempt.submitted_at = node.at("submitted_at").time();
    attempt.committed_at = node.at("committed_at").time();
    for (const auto& item : node.at("attachments").items())
        attempt.attachments.push_back(attachment_in(item));
    return attempt;
}

Receipt receipt_in(const Node& node) {
    if (node.at("type").text() != "handin.receipt.v1")
        throw Malformed{"type: this handin knows only handin.receipt.v1"};
    Receipt receipt;
    const auto statement = node.at("statement");
    receipt.subject = {.account_id = statement.at("account_id").id(),
                       .class_id = statement.at("class_id").id(),
                       .assignment_id = statement.at("assignment_id").id(),
                       .person_id = statement.at("person_id").id()};
    receipt.attempt = attempt_in(statement);
    receipt.salt = node.at("salt").hex<sizeof(domain::Salt)>();
    receipt.index = node.at("index").number();
    for (const auto& hash : node.at("path").items())
        receipt.path.push_back(hash.hex<sizeof(Digest256)>());
    const auto batch = node.at("batch");
    receipt.batch = {.id = batch.at("batch_id").id(),
                     .committed_at = batch.at("committed_at").time(),
                     .key = node.at("key").at("x").base64url<sizeof(SigningPublicKey)>(),
                     .root = batch.at("root").hex<sizeof(Digest256)>(),
                     .size = batch.at("size").number()};
    if (batch.at("key_id").text() != key_id(receipt.batch.key))
        throw Malformed{"batch.key_id is not the name of the key"};
    receipt.signature = node.at("signature").base64url<sizeof(domain::BatchSignature)>();
    return receipt;
}

}  // namespace

std::expected<Receipt, std::string> parse(std::string_view text) {
    boost::system::error_code error;
    const auto value = json::parse(text, error);
    if (error) return std::unexpected("it is not JSON: " + error.message());
    try {
        auto receipt = receipt_in({value, ""});
        const auto found = without_white_space(text);
        const auto expected = render(receipt);
        if (found == expected) return receipt;
        const auto at =
            static_cast<std::size_t>(std::ranges::mismatch(found, expected).in1 - found.begin());
        return std::unexpected(
            "it is not as handin writes it: a member is unknown, repeated, out of order or written"
            " in another way, first at '" +
            well_formed_utf8(found.substr(at, 20)) + "'");
    } catch (const Malformed& malformed) {
        return std::unexpected(malformed.reason);
    }
}

}  // namespace handin::receipt
