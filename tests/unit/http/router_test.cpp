#include "http/router.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "http/routes.hpp"

namespace handin::http {
namespace {

task<Response> nothing(Request) {
    co_return Response();
}

Router routes() {
    Router router;
    router.add(Method::get, "/", nothing);
    router.add(Method::get, "/classes", nothing);
    router.add(Method::get, "/classes/:id", nothing);
    router.add(Method::put, "/classes/:id", nothing);
    router.add(Method::post, "/classes/new", nothing);
    router.add(Method::get, "/classes/new/form", nothing);
    router.add(Method::get, "/classes/:id/people", nothing);
    router.add(Method::get, "/classes/:class/people/:person", nothing);
    router.add(Method::get, "/classes/mine/people/:person", nothing);
    router.add(Method::get, "/folder/", nothing);
    router.add(Method::head, "/files/:id", nothing);
    router.add(Method::patch, "/files/:id", nothing);
    return router;
}

struct Case {
    Method method;
    std::string path;
    std::string pattern;              // empty: none
    std::vector<std::string> values;  // still encoded
    std::string allow;
};

TEST(Router, FindsTheRoute) {
    const auto router = routes();
    using enum Method;
    const Case cases[] = {
        {get, "/", "/", {}, ""},
        {get, "/classes", "/classes", {}, ""},
        {get, "/classes/7", "/classes/:id", {"7"}, ""},
        {put, "/classes/7", "/classes/:id", {"7"}, ""},
        {head, "/classes/7", "/classes/:id", {"7"}, ""},
        // A literal wins, but only for the methods that it has.
        {post, "/classes/new", "/classes/new", {}, ""},
        {get, "/classes/new", "/classes/:id", {"new"}, ""},
        {get, "/classes/new/form", "/classes/new/form", {}, ""},
        // A literal that leads nowhere does not hide the parameter.
        {get, "/classes/new/people", "/classes/:id/people", {"new"}, ""},
        {get, "/classes/mine/people/5", "/classes/mine/people/:person", {"5"}, ""},
        {get, "/classes/x/people/5", "/classes/:class/people/:person", {"x", "5"}, ""},
        // Escapes: a slash inside a segment does not part it.
        {get, "/classes/a%2Fb", "/classes/:id", {"a%2Fb"}, ""},
        {get, "/cl%61sses/7", "/classes/:id", {"7"}, ""},
        // Not there.
        {get, "", "", {}, ""},
        {get, "/nothing", "", {}, ""},
        {get, "/classes/", "", {}, ""},
        {get, "/classes//people", "", {}, ""},
        {get, "//classes", "", {}, ""},
        {get, "/classes/7/", "", {}, ""},
        {get, "/folder", "", {}, ""},
        {get, "/folder/", "/folder/", {}, ""},
        {get, "*", "", {}, ""},
        // There, but not for this method.
        {del, "/classes", "", {}, "GET, HEAD"},
        {del, "/classes/7", "", {}, "GET, HEAD, PUT"},
        {del, "/classes/new", "", {}, "POST, GET, HEAD, PUT"},
        {other, "/classes", "", {}, "GET, HEAD"},
        {get, "/files/3", "", {}, "HEAD, PATCH"},
        {head, "/files/3", "/files/:id", {"3"}, ""},
    };
    for (const auto& wanted : cases) {
        SCOPED_TRACE(wanted.path);
        const auto found = router.table().find(wanted.method, wanted.path);
        EXPECT_EQ(found.route ? found.route->pattern : "", wanted.pattern);
        if (!found.route) EXPECT_EQ(found.allow, wanted.allow);
        for (std::size_t i = 0; i < wanted.values.size(); ++i) {
            EXPECT_EQ(found.values[i], wanted.values[i]);
        }
    }
}

TEST(Router, RefusesWhatIsTaken) {
    auto router = routes();
    EXPECT_THROW(router.add(Method::get, "/classes", nothing), std::logic_error);
    EXPECT_THROW(router.add(Method::get, "/classes/:other", nothing), std::logic_error);
    EXPECT_THROW(router.add(Method::get, "classes", nothing), std::logic_error);
    EXPECT_THROW(router.add(Method::get, "/:1/:2/:3/:4/:5/:6/:7/:8/:9", nothing), std::logic_error);
    EXPECT_NO_THROW(router.add(Method::del, "/classes/:other", nothing));
}

Router::MissHandler answering(int status) {
    return [status](const Request&, const Router::Miss&) {
        Response response;
        response.status = status;
        return response;
    };
}

TEST(Router, LongestPrefixAnswersMisses) {
    Router router;
    router.on_miss("/api/v1", answering(1));
    router.on_miss("", answering(0));
    router.on_miss("/api/v1/deep/", answering(2));
    const auto chosen = [&](std::string_view path) {
        return (*router.table().miss_for(path))(Request(), {404, ""}).status;
    };
    EXPECT_EQ(chosen("/"), 0);
    EXPECT_EQ(chosen("/api"), 0);
    EXPECT_EQ(chosen("/api/v1"), 1);
    EXPECT_EQ(chosen("/api/v1/x"), 1);
    EXPECT_EQ(chosen("/api/v10"), 0);
    EXPECT_EQ(chosen("/api/v1/deep"), 1);
    EXPECT_EQ(chosen("/api/v1/deep/x"), 2);
    EXPECT_EQ(Router().table().miss_for("/"), nullptr);
}

}  // namespace
}  // namespace handin::http
