#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace handin::edlink {

/// Bounds on a submit body that an installation may want to change.
struct SubmitBodyOptions {
    /// Attachments of one attempt. No real hand-in comes near it; it bounds the stages kept open.
    std::size_t max_attachments = 100;
    /// Bytes (UTF-8) of one `text`: Canvas's own limit for an online text entry.
    std::uint64_t max_text_bytes = 512 * 1024;
    /// The JSON part of a form: it may be the list of attachments itself, and a file may name the
    /// part that has its bytes as `part`.
    bool in_form = false;
};

/// A run of decoded bytes of one attachment; the runs of one attachment and kind come in order.
struct Piece {
    enum class Of : std::uint8_t { data, text };

    std::size_t attachment;  // index in attachments()
    Of of;
    std::string_view bytes;  // never empty; of `text` whole UTF-8 characters
};

/// What one attachment said, apart from the bytes of `data` and `text` (edlink.md 3.3). Known
/// fields have the right JSON type or there is a Problem; a field that is null counts as left out
/// (except `data`, where null is a Problem).
struct AttachmentFields {
    std::optional<std::string> type = {};
    std::optional<std::string> title = {};
    std::optional<std::string> description = {};
    std::optional<std::string> url = {};
    std::optional<std::string> part = {};       // only in_form
    std::optional<std::string> upload_id = {};  // handin's own: bytes that were sent before
    std::optional<std::int64_t> size = {};
    bool has_data = false;
    bool has_text = false;
    std::uint64_t data_bytes = 0;  // decoded so far
    std::uint64_t text_bytes = 0;
    bool operator==(const AttachmentFields&) const = default;
};

/// Why a body is refused.
struct Problem {
    enum class Kind : std::uint8_t {
        invalid_body,       // edlink.md 5: not JSON, not the shape, bad byte values
        too_long,           // one of the bounds, named by `field`
        wrapped_axios_call  // edlink.md 5: {"headers":…,"data":{"attachments":…}}
    };

    Kind kind;
    std::string field;    // e.g. attachments[0].data[17]; empty: the body as a whole
    std::string message;  // for the client's programmer; one English sentence
    bool operator==(const Problem&) const = default;
};

/// Push parser for the JSON body of Edlink's submit (edlink.md 5), which carries files as lists of
/// numbers. `data` may be [1,2], {"0":1,"1":2} or {"type":"Buffer","data":[1,2]}.
///
/// It keeps no bytes of `data` or `text` longer than a call: its heap is one output buffer of the
/// size of the largest chunk fed, and at most 192 KiB of fields and tables with default options
/// (256 KiB in all when chunks are 64 KiB). Pure and synchronous; one thread at a time.
class SubmitBodyParser {
 public:
    explicit SubmitBodyParser(SubmitBodyOptions options = {});
    ~SubmitBodyParser();
    SubmitBodyParser(SubmitBodyParser&&) noexcept;
    SubmitBodyParser& operator=(SubmitBodyParser&&) noexcept;

    /// Consumes a chunk of any size; returns what it decoded, valid until the next call. Once there
    /// is a problem (look after every call) this and all later calls return nothing.
    std::span<const Piece> feed(std::string_view chunk);

    /// The body has ended: incomplete JSON becomes a problem. Not to be followed by feed().
    void finish();

    /// The first problem found, if any.
    const std::optional<Problem>& problem() const;

    /// The attachments met so far; complete and final after finish() without a problem.
    std::span<const AttachmentFields> attachments() const;

    /// Whether the body has `attachments` at all: tells a missing list from an empty one.
    bool has_attachments_key() const;

    /// Paths of unknown fields, such as attachments[0].colour, for FOUND_UNEXPECTED_FIELD
    /// (edlink.md 2.5). The first 20 are kept; long names are cut.
    std::span<const std::string> unexpected_fields() const;

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace handin::edlink
