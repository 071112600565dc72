#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <stdexcept>

#include "http/harness.hpp"

namespace handin::http::test {
namespace {

Response text(std::string body) {
    Response response;
    response.content_type = "text/plain";
    response.body = std::move(body);
    return response;
}

task<Response> hello(Request) {
    co_return text("hello");
}

task<Response> view(Request request) {
    std::string seen;
    const auto line = [&](std::string_view name, std::string_view value) {
        seen += std::string(name) + "=" + std::string(value) + "\n";
    };
    line("target", request.target);
    line("path", request.path);
    line("remote", request.remote_address);
    line("base", request.base_url());
    line("x", request.header("x-thing"));
    for (const auto& [name, value] : request.queries())
        line("?" + name, value);
    co_return text(seen);
}

task<Response> item(Request request) {
    co_return text(request.parameter("id"));
}

task<Response> echo(Request request) {
    auto body = co_await read_all(request, 1U << 20U);
    if (!body) {
        auto response = text("too long for the handler");
        response.status = 422;
        co_return response;
    }
    co_return text(std::move(*body));
}

task<Response> count(Request request) {
    std::size_t total = 0;
    for (;;) {
        const auto piece = co_await request.body().read();
        if (piece.empty()) break;
        total += piece.size();
    }
    co_return text(std::to_string(total));
}

task<Response> ignore(Request) {
    co_return text("ignored");
}

task<Response> arrival(Request request) {
    while (!(co_await request.body().read()).empty()) {
    }
    co_return text(std::to_string((request.body().received_at() - request.started_at).count()));
}

task<Response> fail(Request) {
    throw std::runtime_error("secret detail");
    co_return Response();
}

task<Response> sleep(Request request) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(std::chrono::milliseconds(std::stoi(request.parameter("ms"))));
    co_await timer.async_wait(asio::use_awaitable_t<Executor>());
    co_return text("slept");
}

class Pieces final : public Source {
 public:
    explicit Pieces(int count) : left_(count) {}
    task<std::string_view> next() override {
        if (left_ == -1) throw std::runtime_error("source broke");
        if (left_ == 0) co_return std::string_view();
        --left_;
        co_return "piece";
    }

 private:
    int left_;
};

task<Response> list(Request request) {
    auto response = text("");
    response.source = std::make_unique<Pieces>(std::stoi(request.parameter("n")));
    co_return response;
}

task<Response> file(Request request) {
    auto response = co_await list(request);
    response.source_length = 5 * std::stoull(request.parameter("n"));
    co_return response;
}

task<Response> big(Request request) {
    co_return text(std::string(1'000'000 * std::stoull(request.parameter("n")), 'b'));
}

}  // namespace

void add_routes(Router& router) {
    router.add(Method::get, "/hello", hello);
    router.add(Method::get, "/view", view);
    router.add(Method::get, "/items/:id", item);
    router.add(Method::post, "/echo", echo);
    router.add(Method::put, "/echo", echo);
    router.add(Method::post, "/count", count);
    router.add(Method::post, "/ignore", ignore);
    router.add(Method::post, "/small", count, {.body_bytes = 100});
    router.add(Method::post, "/form", count, {.body_bytes = 100, .takes_forms = true});
    router.add(Method::post, "/arrival", arrival);
    router.add(Method::get, "/throw", fail);
    router.add(Method::get, "/sleep/:ms", sleep);
    router.add(Method::get, "/list/:n", list);
    router.add(Method::get, "/file/:n", file);
    router.add(Method::get, "/big/:n", big);
}

}  // namespace handin::http::test
