// The parts of a multipart/form-data request, pulled one after the other in constant memory:
//
//   auto reader = MultipartReader::open(request);
//   for (auto part = co_await reader->next_part(); *part; part = co_await reader->next_part())
//       for (auto bytes = co_await reader->read(); !bytes->empty(); bytes = co_await
//       reader->read())
//           take((*part)->name, *bytes);
//
// where each of the three may be a MultipartProblem instead.
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

    // The head of the next part, valid until the next call; what is left of the one before is
    // skipped. nullptr: there are no more, and the body has been read to its end. Throws what
    // Body::read() throws.
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
