// The parts of a multipart/form-data request, pulled one after the other in constant memory.
// next_part() gives the head of each, read() its bytes until there are no more of it. What is wrong
// with the body is a value of either.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "base/task.hpp"
#include "http/multipart_parser.hpp"
#include "http/request.hpp"

namespace handin::http {

class MultipartReader {
 public:
    using Problem = MultipartProblem;

    // Of a request whose Content-Type is multipart/form-data with a boundary.
    static std::expected<MultipartReader, Problem> open(const Request& request,
                                                        MultipartLimits limits = {});

    // `body` outlives it; `boundary` as multipart_boundary gives it.
    MultipartReader(Body& body, std::string_view boundary, MultipartLimits limits = {})
        : body_(&body), parser_(boundary, limits) {}

    // The head of the next part, valid until it is asked for another; what is left of the one
    // before is skipped. nullptr: there are no more, and the body has been read to its end. Throws
    // what Body::read() throws.
    task<std::expected<const PartHead*, Problem>> next_part();

    // The next bytes of that part, valid until the next call; empty at its end. Throws what
    // Body::read() throws.
    task<std::expected<std::string_view, Problem>> read();

 private:
    task<MultipartParser::Step> step();

    Body* body_;
    MultipartParser parser_;
    bool in_part_ = false;
};

}  // namespace handin::http
