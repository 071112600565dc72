#pragma once

#include <boost/json/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/edlink/body/byte_list.hpp"
#include "api/edlink/body/output.hpp"
#include "api/edlink/body/submit_body.hpp"

namespace handin::edlink::detail {

/// What the events of a JSON parser mean in a submit body (edlink.md 3.3, 5). The inside of a byte
/// list never comes by here: the caller takes over when opened() says so and gives the closing
/// bracket back.
class Handler {
 public:
    using error_code = boost::json::error_code;

    // basic_parser wants them; the real bounds are below and in the options.
    static constexpr std::size_t max_object_size = SIZE_MAX;
    static constexpr std::size_t max_array_size = SIZE_MAX;
    static constexpr std::size_t max_key_size = SIZE_MAX;
    static constexpr std::size_t max_string_size = SIZE_MAX;

    /// Bytes of one of type, title, description, url, part, upload_id: far above any file name, and
    /// above the longest URL that servers and browsers take.
    static constexpr std::size_t max_field_bytes = 8 * 1024;
    /// All of those fields of one body: what keeps the memory bound in submit_body.hpp. With 100
    /// attachments it leaves 983 bytes each.
    static constexpr std::size_t max_all_fields_bytes = 96 * 1024;
    /// Unexpected fields remembered: enough to see a pattern, few enough for a reply.
    static constexpr std::size_t max_unexpected = 20;
    /// Bytes of a key that are kept: twice the longest known one, and a client recognises its own.
    static constexpr std::size_t max_key_bytes = 64;

    explicit Handler(SubmitBodyOptions options) : options_(options) {}

    /// Set by the event of an opening bracket: the inside of `data` follows. For an object it may
    /// turn out to be {"type":"Buffer",…}, then the events go on.
    std::optional<ByteList::Form> opened() const { return opened_; }
    void close_opened() { opened_.reset(); }
    /// The object opened is a list {"0":…}, empty or not, not a Buffer.
    void opened_was_list() { buffer_is_list_ = true; }
    /// How deep in a value that is skipped the parser is: no `data` can open before it is 0.
    std::size_t skip_depth() const { return skip_; }

    /// The attachment that `data` or `text` belongs to, and the path of its `data`.
    std::size_t current() const { return attachments_.size() - 1; }
    std::string data_path() const;
    void add_data_bytes(std::size_t n) { attachments_.back().data_bytes += n; }

    Output& output() { return output_; }
    const std::vector<AttachmentFields>& attachments() const { return attachments_; }
    const std::vector<std::string>& unexpected() const { return unexpected_; }
    bool has_attachments() const { return (body_keys_ & bit(Key::attachments)) != 0; }
    const std::optional<Problem>& problem() const { return problem_; }
    /// Whether the place in the body helps to find what problem() is about.
    bool problem_has_place() const { return problem_has_place_; }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code& ec);
    bool on_object_end(std::size_t, error_code& ec);
    bool on_array_begin(error_code& ec);
    bool on_array_end(std::size_t, error_code& ec);
    bool on_key_part(boost::json::string_view s, std::size_t, error_code& ec);
    bool on_key(boost::json::string_view s, std::size_t, error_code& ec);
    bool on_string_part(boost::json::string_view s, std::size_t, error_code& ec);
    bool on_string(boost::json::string_view s, std::size_t, error_code& ec);
    bool on_number_part(boost::json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t i, boost::json::string_view, error_code& ec);
    bool on_uint64(std::uint64_t, boost::json::string_view, error_code& ec) { return scalar(ec); }
    bool on_double(double, boost::json::string_view, error_code& ec) { return scalar(ec); }
    bool on_bool(bool, error_code& ec) { return scalar(ec); }
    bool on_null(error_code& ec);
    bool on_comment_part(boost::json::string_view, error_code&) { return true; }
    bool on_comment(boost::json::string_view, error_code&) { return true; }

 private:
    // Where the next event belongs; `data` is the inside of a list, of which only the end comes by.
    enum class At : std::uint8_t { start, body, list, attachment, buffer, data };
    // The known names of each level, and what the others are.
    enum class Key : std::uint8_t {
        attachments,
        type,
        title,
        description,
        url,
        part,  // only in_form
        upload_id,
        size,
        data,
        text,
        parameters,  // of lti (edlink.md 3.3): skipped without a word
        body_data,   // `data` beside `attachments`: unexpected, see wrapped_
        unknown
    };
    using Keys = std::uint16_t;  // a set of Key

    static Key known_key(At at, std::string_view name);
    static bool is_field(Key key) { return key >= Key::type && key <= Key::upload_id; }
    static Keys bit(Key key) { return static_cast<Keys>(1U << static_cast<unsigned>(key)); }
    std::optional<std::string>& field(Key key);

    bool in(At at) const { return skip_ == 0 && at_ == at; }
    bool key_skips() const { return skip_ > 0 || key_ >= Key::parameters; }
    void note_unexpected();
    bool begin_attachment(error_code& ec);
    bool begin_data(ByteList::Form form);
    bool scalar(error_code& ec);
    bool too_long(error_code& ec, std::string field, std::uint64_t most);
    bool refuse_buffer(error_code& ec);
    bool wrong_type(error_code& ec);
    bool fail(error_code& ec, Problem problem, bool has_place);
    std::string path() const;

    SubmitBodyOptions options_;
    Output output_;
    std::vector<AttachmentFields> attachments_;
    std::vector<std::string> unexpected_;
    std::optional<Problem> problem_;
    bool problem_has_place_ = false;

    At at_ = At::start;
    Key key_ = Key::unknown;  // whose value comes next, or is being read or skipped
    std::size_t skip_ = 0;    // brackets open in a skipped value
    Keys body_keys_ = 0;      // met so far: a repeat is refused
    Keys attachment_keys_ = 0;
    Keys buffer_keys_ = 0;
    bool in_buffer_ = false;       // inside an object that is the value of `data`
    bool buffer_is_list_ = false;  // which is {"0":…}
    bool wrapped_ = false;         // the body's own `data` has `attachments`
    std::optional<ByteList::Form> opened_;
    std::size_t all_fields_bytes_ = 0;
    std::string name_;       // of the key, at most max_key_bytes
    bool name_cut_ = false;  // and there was more of it
    bool name_complete_ = false;
    std::string value_;  // the string field being read
};

}  // namespace handin::edlink::detail
