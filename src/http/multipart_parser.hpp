// multipart/form-data (RFC 7578, RFC 2046 5.1), as it arrives: fed with pieces of any size, it
// gives out heads and bytes of parts. Handlers use MultipartReader (multipart.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "http/part_head.hpp"

namespace handin::http {

// Bounds on one body; how long a part may be is for the handler to say.
struct MultipartLimits {
    std::size_t parts = 250;            // above the attachments of any attempt, and a form's fields
    std::size_t head_bytes = 8 * 1024;  // of a part: far above a long name in percent escapes
    std::size_t around_bytes = 4 * 1024;  // before the first boundary, and behind the last
};

// Whether a Content-Type is multipart/form-data, with or without the rest.
bool is_form_data(std::string_view content_type);

// The boundary that a Content-Type of multipart/form-data names.
std::expected<std::string, MultipartProblem> multipart_boundary(std::string_view content_type);

// Its heap: the boundary, and the head of one part. Pure and synchronous; one thread at a time.
class MultipartParser {
 public:
    enum class Step : std::uint8_t {
        need_more,  // all that was fed is used up
        part,       // a part begins: part()
        bytes,      // of it: bytes(), never empty
        part_end,
        end,     // of the body, whole and in order; stays
        problem  // problem(); stays
    };

    // `boundary`: as multipart_boundary gives it.
    explicit MultipartParser(std::string_view boundary, MultipartLimits limits = {});

    // The next piece of the body, which stays where it is until next() has answered need_more.
    void feed(std::string_view piece) { input_ = piece; }
    // Instead of another piece: the body has ended.
    void finish();
    Step next();

    const PartHead& part() const { return part_; }
    std::string_view bytes() const { return bytes_; }  // valid until the next call
    const MultipartProblem& problem() const { return *problem_; }

 private:
    enum class State : std::uint8_t { preamble, bytes, boundary, head, epilogue, end };

    // One for each state; nullopt: go on, perhaps in another one.
    std::optional<Step> search();
    std::optional<Step> after_boundary();
    std::optional<Step> read_head();
    std::optional<Step> skip_epilogue();

    void begin_search(State state);
    std::optional<Step> pass(std::string_view content);
    std::optional<Step> pass_around(std::size_t bytes);
    std::optional<Step> found();
    std::optional<Step> begin_head();
    Step end_head();
    Step refuse_part(MultipartProblem problem);
    Step refuse(MultipartProblem::Kind kind, std::string message);

    const std::string delimiter_;  // CRLF, two dashes and the boundary
    const MultipartLimits limits_;
    State state_ = State::preamble;
    std::string_view input_;
    // How much of the delimiter the bytes before input_ have matched, and how much of that was
    // never sent: the first boundary, and that of an empty part, need no CRLF before them.
    std::size_t matched_ = 0;
    std::size_t implied_ = 0;
    std::string head_;  // of a part: its complete lines
    std::string line_;  // the one after them, or what follows a boundary, as far as it is there
    std::size_t parts_ = 0;   // begun
    std::size_t around_ = 0;  // bytes before the first boundary and behind the last
    PartHead part_;
    std::string_view bytes_;
    std::optional<MultipartProblem> problem_;
};

}  // namespace handin::http
