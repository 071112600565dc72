// The half of a session that answers.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "base/log.hpp"
#include "base/not_now.hpp"
#include "http/error.hpp"
#include "http/reply_memory.hpp"
#include "http/session.hpp"

namespace handin::http {
namespace {

std::string json_error(std::string_view reason) {
    // Reasons are our own phrases: nothing in them needs escaping.
    return R"({"error":")" + std::string(reason) + R"("})";
}

std::string what_of(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "not a std::exception";
    }
}

template <class Error>
bool is(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const Error&) {
        return true;
    } catch (...) {
        return false;
    }
}

std::string chunk_head(std::size_t size) {
    return fmt::format("{:x}\r\n", size);
}

}  // namespace

Response Session::missed(const Found& found) {
    const Router::Miss miss{found.allow.empty() ? 404 : 405, found.allow};
    Response response;
    if (const auto* handler = io_.shared.routes.miss_for(request_.path)) {
        try {
            response = (*handler)(request_, miss);
        } catch (...) {
            return explain(std::current_exception());
        }
    } else {
        response.status = miss.status;
        response.body = json_error(miss.status == 404 ? "not found" : "method not allowed");
    }
    if (!miss.allow.empty()) response.headers.emplace_back("Allow", miss.allow);
    return response;
}

Response Session::failure(int status, std::string_view reason) {
    if (const auto* handler = io_.shared.routes.failure_for(request_.path)) {
        try {
            return (*handler)(request_, status, reason);
        } catch (...) {
            log::error("failure handler failed",
                       {{"request_id", id_}, {"reason", what_of(std::current_exception())}});
        }
    }
    Response response;
    response.status = status;
    response.body = json_error(reason);
    return response;
}

// What a handler threw, as an answer.
Response Session::explain(const std::exception_ptr& thrown) {
    using enum WireBody::Failure;
    if (body_.failure() == gone) {
        gone_ = true;  // nobody to answer, and no fault of ours
        return {};
    }
    if (body_.failure() == slow) return failure(408, "request body too slow");
    if (body_.failure() == malformed) return failure(400, body_.reason());
    if (body_.failure() == too_large || is<BodyTooLarge>(thrown)) {
        return failure(413, "request body too large");
    }
    if (is<NotNow>(thrown)) {
        log::warn("not now", {{"request_id", id_}, {"reason", what_of(thrown)}});
        auto response = failure(503, "try again soon");
        const auto is_there = [](const auto& header) { return header.first == "Retry-After"; };
        if (std::ranges::none_of(response.headers, is_there))
            response.headers.emplace_back("Retry-After", retry_after());
        return response;
    }
    log::error("request failed", {{"request_id", id_}, {"reason", what_of(thrown)}});
    return failure(500, "internal error");
}

// Only what was asked by reading can be refused now: it has changed nothing.
task<bool> Session::reply(Response response) {
    std::optional<ReplyMemory> held(std::in_place, io_.shared.reply_bytes, response);
    const bool reading = request_.method == Method::get || request_.method == Method::head;
    if (reading && !held->fits(wire_.limits.reply_memory)) {
        held.reset();
        response = failure(503, "too many replies are being sent");
        if (std::ranges::none_of(response.headers,
                                 [](const auto& field) { return field.first == "Retry-After"; }))
            response.headers.emplace_back("Retry-After", retry_after());
    }
    status_ = response.status;
    co_return co_await send(std::move(response));
}

task<bool> Session::send(Response response) {
    const bool has_body = may_have_body(response.status);
    Framing framing;
    framing.http_1_1 = head_.http_1_1;
    if (has_body && response.source) {
        framing.length = response.source_length;
        framing.chunked = !framing.length && head_.http_1_1;
        if (!framing.length && !framing.chunked) keep_ = false;  // its end is the connection's
    } else if (has_body) {
        framing.length = response.body.size();
        if (request_.method == Method::head && response.source_length) {
            framing.length = response.source_length;
        }
    }
    framing.close = !keep_;
    reply_head_.clear();
    format_head(reply_head_, response, framing, id_, request_.started_at);
    const bool show = has_body && request_.method != Method::head;
    const bool at_once = show && !response.source;
    if (!co_await wire_.write(reply_head_, at_once ? response.body : std::string_view())) {
        co_return false;
    }
    if (!show || at_once) co_return true;
    co_return co_await send_source(std::move(response.source), framing);
}

task<bool> Session::send_source(std::unique_ptr<Source> source, Framing framing) {
    std::uint64_t sent = 0;
    std::exception_ptr thrown;
    try {
        for (;;) {
            auto piece = co_await source->next();
            if (piece.empty()) break;
            sent += piece.size();
            if (framing.length && sent > *framing.length) {
                throw std::logic_error("source is longer than it said");
            }
            if (framing.chunked) {
                const auto size = chunk_head(piece.size());
                if (!co_await wire_.write(size, piece) || !co_await wire_.write("\r\n", {})) {
                    co_return false;
                }
            } else if (!co_await wire_.write(piece, {})) {
                co_return false;
            }
        }
        if (framing.length && sent < *framing.length) {
            throw std::logic_error("source is shorter than it said");
        }
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown) {
        // The status is out already: that the connection ends early is how the client learns.
        log::error("response failed", {{"request_id", id_}, {"reason", what_of(thrown)}});
        co_return false;
    }
    co_return !framing.chunked || co_await wire_.write("0\r\n\r\n", {});
}

}  // namespace handin::http
