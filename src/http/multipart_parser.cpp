#include "http/multipart_parser.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "http/header_value.hpp"

namespace handin::http {
namespace {

using Kind = MultipartProblem::Kind;

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kLongestBoundary = 70;  // RFC 2046 5.1.1
constexpr const char* kBareLineFeed = "a line ends with LF alone; lines end with CRLF";

bool is_boundary_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("'()+_,-./:=? ").contains(c);
}

// string_view::find stops at every CR: 3 times slower on text, 100 times on a file of CRs
// (bench/multipart_bytes.cpp).
std::size_t find(std::string_view text, std::string_view what) {
    const auto* found = ::memmem(text.data(), text.size(), what.data(), what.size());
    if (!found) return text.size();
    return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace

bool is_form_data(std::string_view content_type) {
    const auto type = parse_header_value(content_type.substr(0, content_type.find(';')));
    return type && type->value == "multipart/form-data";
}

std::expected<std::string, MultipartProblem> multipart_boundary(std::string_view content_type) {
    const auto refused = [](const char* message) {
        return std::unexpected(MultipartProblem{Kind::malformed, message});
    };
    const auto type = parse_header_value(content_type);
    if (!type) return refused("Content-Type cannot be read");
    const auto* boundary = type->parameter("boundary");
    if (!boundary || boundary->empty()) return refused("Content-Type names no boundary");
    if (boundary->size() > kLongestBoundary)
        return refused("the boundary in Content-Type has more than 70 characters");
    if (!std::ranges::all_of(*boundary, is_boundary_char) || boundary->back() == ' ')
        return refused("the boundary in Content-Type has characters that it may not have");
    return *boundary;
}

MultipartParser::MultipartParser(std::string_view boundary, MultipartLimits limits)
    : delimiter_(std::string("\r\n--").append(boundary)), limits_(limits) {
    begin_search(State::preamble);
}

void MultipartParser::begin_search(State state) {
    state_ = state;
    matched_ = implied_ = kLineEnd.size();
}

MultipartParser::Step MultipartParser::next() {
    if (problem_) return Step::problem;
    for (;;) {
        std::optional<Step> step;
        switch (state_) {
            case State::preamble:
            case State::bytes:
                step = search();
                break;
            case State::boundary:
                step = after_boundary();
                break;
            case State::head:
                step = read_head();
                break;
            case State::epilogue:
                step = skip_epilogue();
                break;
            case State::end:
                return Step::end;
        }
        if (step) return *step;
    }
}

void MultipartParser::finish() {
    if (problem_) return;
    if (state_ == State::epilogue)
        state_ = State::end;
    else if (parts_ == 0 && state_ == State::preamble)
        refuse(Kind::malformed, "the boundary that Content-Type names is not in the body");
    else
        refuse(Kind::malformed, "the body ends before its closing boundary");
}

// A CR is nowhere in the delimiter but at its beginning. So what has matched so far cannot hold the
// beginning of another match: if it goes no further all of it is content, and at the end of the
// input only the last CR can begin a match.
std::optional<MultipartParser::Step> MultipartParser::search() {
    if (matched_ == delimiter_.size()) return found();
    if (input_.empty()) return Step::need_more;
    const std::string_view delimiter(delimiter_);
    if (matched_ > 0) {
        const auto wanted = delimiter.substr(matched_, input_.size());
        if (input_.starts_with(wanted)) {
            input_.remove_prefix(wanted.size());
            matched_ += wanted.size();
            return std::nullopt;
        }
        const auto failed = delimiter.substr(implied_, matched_ - implied_);
        matched_ = implied_ = 0;
        return pass(failed);
    }
    auto content = input_.substr(0, find(input_, delimiter));
    if (content.size() < input_.size()) {
        matched_ = delimiter.size();
    } else {
        const auto tail = input_.substr(input_.size() - std::min(input_.size(), delimiter.size()));
        const auto start = tail.substr(std::min(tail.rfind('\r'), tail.size()));
        if (delimiter.starts_with(start)) matched_ = start.size();
        content.remove_suffix(matched_);
    }
    input_.remove_prefix(content.size() + matched_);
    return pass(content);
}

std::optional<MultipartParser::Step> MultipartParser::pass(std::string_view content) {
    if (content.empty()) return std::nullopt;
    if (state_ == State::preamble) return pass_around(content.size());
    bytes_ = content;
    return Step::bytes;
}

std::optional<MultipartParser::Step> MultipartParser::pass_around(std::size_t bytes) {
    around_ += bytes;
    if (around_ <= limits_.around_bytes) return std::nullopt;
    return refuse(Kind::too_much, "more than " + std::to_string(limits_.around_bytes) +
                                      " bytes are outside of the parts");
}

std::optional<MultipartParser::Step> MultipartParser::found() {
    const bool ends_part = state_ == State::bytes;
    state_ = State::boundary;
    line_.clear();
    if (ends_part) return Step::part_end;
    return std::nullopt;
}

// Two dashes close the body; otherwise blanks may follow, and must be followed by CRLF.
std::optional<MultipartParser::Step> MultipartParser::after_boundary() {
    while (!input_.empty()) {
        const char c = input_.front();
        input_.remove_prefix(1);
        const bool after_cr = line_.ends_with('\r');
        line_ += c;
        if (line_ == "--") {
            state_ = State::epilogue;
            return std::nullopt;
        }
        if (after_cr && c == '\n') return begin_head();
        if (c == '\n') return refuse(Kind::malformed, kBareLineFeed);
        const bool blank = c == ' ' || c == '\t' || c == '\r';
        if (after_cr || !(blank || line_ == "-"))
            return refuse(Kind::malformed, "a boundary is followed by neither CRLF nor two dashes");
        if (line_.size() > limits_.head_bytes)
            return refuse(Kind::too_much, "a boundary is followed by too many blanks");
    }
    return Step::need_more;
}

std::optional<MultipartParser::Step> MultipartParser::begin_head() {
    if (parts_ == limits_.parts)
        return refuse(Kind::too_much, "there are more than " + std::to_string(parts_) + " parts");
    ++parts_;
    state_ = State::head;
    head_.clear();
    line_.clear();
    return std::nullopt;
}

std::optional<MultipartParser::Step> MultipartParser::read_head() {
    while (!input_.empty()) {
        const auto line_feed = input_.find('\n');
        const auto some =
            input_.substr(0, line_feed == std::string_view::npos ? input_.size() : line_feed + 1);
        if (some.size() > limits_.head_bytes - head_.size() - line_.size())
            return refuse_part({Kind::too_much, "its headers have more than " +
                                                    std::to_string(limits_.head_bytes) + " bytes"});
        line_ += some;
        input_.remove_prefix(some.size());
        if (line_feed == std::string_view::npos) break;
        if (!line_.ends_with(kLineEnd)) return refuse(Kind::malformed, kBareLineFeed);
        if (line_ == kLineEnd) return end_head();
        head_ += line_;
        line_.clear();
    }
    return Step::need_more;
}

MultipartParser::Step MultipartParser::end_head() {
    auto part = parse_part_head(head_);
    if (!part) return refuse_part(std::move(part.error()));
    part_ = std::move(*part);
    begin_search(State::bytes);
    return Step::part;
}

std::optional<MultipartParser::Step> MultipartParser::skip_epilogue() {
    const auto size = input_.size();
    input_ = {};
    if (auto refused = pass_around(size)) return refused;
    return Step::need_more;
}

MultipartParser::Step MultipartParser::refuse_part(MultipartProblem problem) {
    return refuse(problem.kind, "part " + std::to_string(parts_) + ": " + problem.message);
}

MultipartParser::Step MultipartParser::refuse(Kind kind, std::string message) {
    input_ = {};
    problem_ = MultipartProblem{kind, std::move(message)};
    return Step::problem;
}

}  // namespace handin::http
