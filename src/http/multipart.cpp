#include "http/multipart.hpp"

namespace handin::http {

using Step = MultipartParser::Step;

std::expected<MultipartReader, MultipartProblem> MultipartReader::open(const Request& request,
                                                                       MultipartLimits limits) {
    auto boundary = multipart_boundary(request.header("Content-Type"));
    if (!boundary) return std::unexpected(std::move(boundary.error()));
    return MultipartReader(request.body(), *boundary, limits);
}

task<Step> MultipartReader::step() {
    for (;;) {
        const auto step = parser_.next();
        if (step != Step::need_more) co_return step;
        const auto piece = co_await body_->read();
        if (piece.empty())
            parser_.finish();
        else
            parser_.feed(piece);
    }
}

task<std::expected<const PartHead*, MultipartProblem>> MultipartReader::next_part() {
    for (;;) {
        const auto step = co_await this->step();
        in_part_ = step == Step::part;
        if (step == Step::part) co_return &parser_.part();
        if (step == Step::end) co_return nullptr;
        if (step == Step::problem) co_return std::unexpected(parser_.problem());
    }
}

task<std::expected<std::string_view, MultipartProblem>> MultipartReader::read() {
    if (!in_part_) co_return std::string_view();
    const auto step = co_await this->step();
    if (step == Step::problem) co_return std::unexpected(parser_.problem());
    if (step == Step::bytes) co_return parser_.bytes();
    in_part_ = false;
    co_return std::string_view();
}

}  // namespace handin::http
