#include "http/session.hpp"

#include "base/log.hpp"
#include "base/uuid.hpp"
#include "http/multipart_parser.hpp"
#include "http/target.hpp"

namespace handin::http {
namespace {

std::string endpoint_text(const asio::ip::tcp::endpoint& endpoint) {
    const auto address = endpoint.address().to_string();
    const auto port = ":" + std::to_string(endpoint.port());
    return endpoint.address().is_v6() ? "[" + address + "]" + port : address + port;
}

class Counted {
 public:
    explicit Counted(std::atomic<std::uint64_t>& count) : count_(count) {
        count_.fetch_add(1, std::memory_order_relaxed);
    }
    ~Counted() { count_.fetch_sub(1, std::memory_order_relaxed); }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

 private:
    std::atomic<std::uint64_t>& count_;
};

}  // namespace

Session::Session(Io& io, Socket socket, Guests::Guest guest)
    : io_(io),
      guest_(std::move(guest)),
      wire_(Stream(std::move(socket)), io.shared.options.limits, io.shared.clock,
            io.shared.options.tls.get()),
      body_(wire_, io.shared.body_bytes) {
    wire_.watched = true;
    boost::system::error_code error;
    const auto remote = wire_.stream.socket().remote_endpoint(error);
    if (!error) peer_ = canonical_address(remote.address().to_string());
    io_.sessions.insert(this);
    io_.shared.connections_open.fetch_add(1, std::memory_order_relaxed);
    io_.shared.connections_total.fetch_add(1, std::memory_order_relaxed);
}

Session::~Session() {
    io_.sessions.erase(this);
    io_.shared.connections_open.fetch_sub(1, std::memory_order_relaxed);
}

task<void> Session::serve(std::unique_ptr<Session> self) {
    try {
        co_await self->run();
    } catch (const std::exception& error) {
        log::error("connection failed", {{"reason", error.what()}});
    }
}

task<void> Session::run() {
    if (!co_await open()) co_return;
    for (;;) {
        const auto heard = co_await hear();
        if (heard == Heard::nothing) co_return;
        co_await answer(heard == Heard::request);
        if (!keep_) break;
    }
    // What was not read of this request or after it would make a plain close a reset.
    const bool all_read = !gone_ && body_.complete() && wire_.inbox.view().empty();
    // And without a goodbye a TLS client cannot tell the end from a cut.
    if ((!all_read || wire_.encrypted()) && status_ != 0) co_await wire_.close_gently();
}

task<bool> Session::open() {
    if (!wire_.encrypted()) co_return true;
    ++io_.handshakes;
    const bool opened = co_await wire_.open();
    --io_.handshakes;
    co_return opened;
}

task<Session::Heard> Session::hear() {
    idle_ = true;
    const auto& limits = wire_.limits;
    auto& inbox = wire_.inbox;
    inbox.shrink();
    parser_.emplace(head_, limits.head_bytes);
    std::optional<std::chrono::steady_clock::time_point> deadline;
    bool may_skip_line = true;  // RFC 9112 2.2: an empty line before the request line
    for (;;) {
        if (may_skip_line && inbox.view().starts_with("\r\n")) {
            inbox.consume(2);
            may_skip_line = false;
        }
        const auto view = inbox.view();
        if (!view.empty() && view != "\r") {
            may_skip_line = false;
            const auto step = parser_->read_head(view.data(), view.size());
            if (step == Parser::Step::done) inbox.consume(parser_->head_size());
            if (step == Parser::Step::done) co_return Heard::request;
            if (step == Parser::Step::refused) co_return Heard::refusable;
        }
        const auto space = inbox.space(limits.head_bytes);
        if (space.empty()) {
            parser_->refuse_as_too_large();
            co_return Heard::refusable;
        }
        if (view.empty()) {
            // A new connection is not given the patience that one has earned by a request.
            wire_.stream.expires_after(first_ ? limits.head_timeout : limits.keep_alive);
        } else {
            if (!deadline) deadline = std::chrono::steady_clock::now() + limits.head_timeout;
            wire_.stream.expires_at(*deadline);
        }
        const auto [error, got] = co_await wire_.read_some(space);
        if (error) co_return Heard::nothing;
        inbox.commit(got);
    }
}

task<void> Session::answer(bool understood) {
    idle_ = first_ = false;
    const Counted active(io_.shared.requests_active);
    begin_request();
    Response response;
    if (!understood) {
        response = failure(parser_->too_large() ? 431 : 400, parser_->reason());
    } else if (!take_target()) {
        understood = false;
        response = failure(400, "malformed request target");
    } else {
        response = co_await respond();
    }
    const bool all_read = body_.complete() || body_.worth_discarding();
    keep_ = understood && !gone_ && all_read && parser_->keep_alive() && !io_.stopping;
    if (!gone_ && !co_await reply(std::move(response))) keep_ = false;
    if (wire_.gave_up()) log::info("reply not taken", {{"request_id", id_}});
    end_request();
    if (keep_ && !body_.complete()) keep_ = co_await body_.discard();
    if (io_.stopping) keep_ = false;
    body_.end();
}

task<Response> Session::respond() {
    const auto found = io_.shared.routes.find(request_.method, request_.path);
    if (!found.route) co_return missed(found);
    parts_.route = found.route;
    parts_.values = found.values;
    const auto limit = body_limit(found.route->options);
    body_.limit(limit);
    if (body_.length().value_or(0) > limit) co_return failure(413, "request body too large");
    const auto expect = request_.header("Expect");
    if (!expect.empty() && !same_name(expect, "100-continue")) {
        co_return failure(417, "unsupported expectation");
    }
    std::exception_ptr thrown;
    try {
        co_return co_await found.route->handler(request_);
    } catch (...) {
        thrown = std::current_exception();
    }
    co_return explain(thrown);
}

std::uint64_t Session::body_limit(const RouteOptions& options) const {
    if (options.takes_forms && is_form_data(request_.header("Content-Type")))
        return wire_.limits.form_bytes;
    return options.body_bytes.value_or(wire_.limits.body_bytes);
}

void Session::begin_request() {
    begun_ = std::chrono::steady_clock::now();
    bytes_out_before_ = wire_.bytes_out;
    status_ = 0;
    gone_ = false;
    id_ = uuid_v4().str();
    request_ = Request();
    request_.started_at = wire_.clock.now();
    request_.id = id_;
    request_.method = head_.method;
    request_.target = head_.text(head_.target);
    request_.path = request_.target.substr(0, request_.target.find('?'));
    request_.parts = &parts_;
    parts_ = Request::Parts();
    parts_.head = &head_;
    parts_.body = &body_;
    body_.begin(*parser_, head_, request_.started_at);
    read_client();
}

void Session::read_client() {
    const std::string_view scheme = wire_.encrypted() ? "https" : "http";
    if (!io_.shared.proxies.empty() && io_.shared.proxies.contains(peer_)) {
        client_ = forwarded_client(head_, {peer_, scheme, head_.field("Host")}, io_.shared.proxies);
        request_.remote_address = client_.address;
        request_.scheme = client_.scheme;
        parts_.host = client_.host;
    } else {
        request_.remote_address = peer_;
        request_.scheme = scheme;
        parts_.host = head_.field("Host");
    }
    if (!parts_.host.empty()) return;
    boost::system::error_code error;
    const auto local = wire_.stream.socket().local_endpoint(error);
    own_host_ = error ? "localhost" : endpoint_text(local);
    parts_.host = own_host_;
}

bool Session::take_target() {
    const auto target = read_target(request_.target, request_.method);
    if (!target) return false;
    request_.target = target->text;
    request_.path = target->path;
    parts_.query = target->query;
    // The target's host counts, not the header's; but a proxy may have said otherwise.
    if (!target->host.empty() && parts_.host == head_.field("Host")) parts_.host = target->host;
    return true;
}

void Session::end_request() {
    const auto& options = io_.shared.options;
    const bool logged = log::enabled(log::Level::info);
    if (!logged && !options.observe) return;
    const auto method = head_.text(head_.method_text);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun_;
    const auto bytes_in = parser_->head_size() + body_.bytes_read();
    const auto bytes_out = wire_.bytes_out - bytes_out_before_;
    if (logged) {
        log::info("request", {{"request_id", id_},
                              {"method", method},
                              {"path", request_.path},  // never the query: it may hold tokens
                              {"status", status_},
                              {"bytes_in", bytes_in},
                              {"bytes_out", bytes_out},
                              {"ms", seconds.count() * 1000},
                              {"remote", request_.remote_address}});
    }
    if (options.observe) {
        std::string_view route = "unmatched";
        if (parts_.route) route = parts_.route->pattern;
        options.observe({route, method, status_, seconds.count(), bytes_in, bytes_out});
    }
}

}  // namespace handin::http
