// The server over TLS, asked by curl. Handshakes that go wrong are in tests/api/test_tls.py.
#include "http/tls.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "http/client.hpp"
#include "http/harness.hpp"
#include "support/temporary_folder.hpp"

namespace handin::http::test {
namespace {

using handin::test::TemporaryFolder;

constexpr long kDay = 86'400;  // seconds

// Makes NAME.pem, self-signed for 127.0.0.1, and NAME.key.
class Certificate {
 public:
    Certificate(const TemporaryFolder& folder, const std::string& name, long seconds = kDay)
        : file((folder.path() / (name + ".pem")).string()),
          key((folder.path() / (name + ".key")).string()) {
        const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair(EVP_EC_gen("P-256"),
                                                                       EVP_PKEY_free);
        const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
        X509_set_version(made.get(), X509_VERSION_3);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), -2 * kDay);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), seconds);
        X509_set_pubkey(made.get(), pair.get());
        auto* subject = X509_get_subject_name(made.get());
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509_set_issuer_name(made.get(), subject);
        auto* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
        X509_add_ext(made.get(), names, -1);
        X509_EXTENSION_free(names);
        X509_sign(made.get(), pair.get(), EVP_sha256());
        const std::unique_ptr<FILE, int (*)(FILE*)> out(std::fopen(file.c_str(), "w"), std::fclose);
        PEM_write_X509(out.get(), made.get());
        const std::unique_ptr<FILE, int (*)(FILE*)> secret(std::fopen(key.c_str(), "w"),
                                                           std::fclose);
        PEM_write_PrivateKey(secret.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
    }

    std::string file, key;
};

class TlsTest : public testing::Test {
 protected:
    static ServerOptions over(const std::shared_ptr<Tls>& tls) {
        ServerOptions options;
        options.tls = tls;
        return options;
    }

    static std::string url(const Site& site, std::string_view path) {
        return "https://127.0.0.1:" + std::to_string(site.port()) + std::string(path);
    }

    ClientResponse ask(const Site& site, const std::string& method, std::string_view path,
                       const ClientHeaders& headers = {}, const std::string& body = {}) {
        return fetch(method, url(site, path), headers, body, 10s, {.authorities = mine.file});
    }

    TemporaryFolder folder;
    Certificate mine{folder, "mine"};
    std::shared_ptr<Tls> tls = std::make_shared<Tls>(mine.file, mine.key);
};

TEST_F(TlsTest, RequestsAndRepliesOfEveryKind) {
    Site site(over(tls));
    EXPECT_EQ(ask(site, "GET", "/hello").body, "hello");
    const std::string body(300'000, 'x');
    EXPECT_EQ(ask(site, "POST", "/echo", {}, body).body, body);
    EXPECT_EQ(ask(site, "POST", "/count", {{"Transfer-Encoding", "chunked"}}, body).body, "300000");
    EXPECT_EQ(ask(site, "GET", "/list/3").body, "piecepiecepiece");
    EXPECT_EQ(ask(site, "GET", "/file/3").body, "piecepiecepiece");
    EXPECT_EQ(ask(site, "GET", "/big/3").body.size(), 3'000'000);
    EXPECT_EQ(ask(site, "HEAD", "/hello").header("Content-Length"), "5");
    EXPECT_EQ(ask(site, "POST", "/small", {}, body).status, 413);
}

TEST_F(TlsTest, AClientBelievesWhomItIsToldTo) {
    Site site(over(tls));
    const Certificate other(folder, "other");
    const auto status = [&](const ClientTrust& trust) {
        return fetch("GET", url(site, "/hello"), {}, {}, 10s, trust).status;
    };
    EXPECT_EQ(status({.authorities = mine.file}), 200);
    EXPECT_EQ(status({.authorities = {}, .anybody = true}), 200);
    EXPECT_THROW(status({.authorities = other.file}), std::runtime_error);
    EXPECT_THROW(status({}), std::runtime_error);
}

TEST_F(TlsTest, HandlersSeeHttps) {
    auto options = over(tls);
    const auto base = [&](const Site& site, const ClientHeaders& headers) {
        const auto seen = ask(site, "GET", "/view", headers).body;
        const auto from = seen.find("base=") + 5;
        return seen.substr(from, seen.find('\n', from) - from);
    };
    Site site(options);
    EXPECT_EQ(base(site, {{"Host", "h"}}), "https://h");
    EXPECT_EQ(base(site, {{"Host", "h"}, {"X-Forwarded-Proto", "http"}}), "https://h");
    // TLS up to the proxy and from there on: what the client sees is for the proxy to say.
    options.trusted_proxies = {"127.0.0.1"};
    Site behind(options);
    EXPECT_EQ(base(behind, {{"Host", "h"}}), "https://h");
    EXPECT_EQ(base(behind, {{"Host", "h"}, {"X-Forwarded-Proto", "http"}}), "http://h");
}

task<void> really_wait(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(time);
    co_await timer.async_wait(asio::use_awaitable_t<Executor>());
}

struct Dawdler {
    TestClock* clock;

    task<Response> operator()(Request request) const {
        co_await really_wait(200ms);  // what was sent is in the socket now
        clock->advance(10s);
        while (!(co_await request.body().read()).empty())
            clock->advance(10s);
        Response response;
        response.body = std::to_string((request.body().received_at() - request.started_at).count());
        co_return response;
    }
};

// DESIGN 5.4: as over plain HTTP (arrival_test.cpp), also for bytes that have left the socket and
// wait to be decrypted.
TEST_F(TlsTest, ReceivedAtDoesNotCountWhatTheServerWithheld) {
    TestClock clock;
    Site site(over(tls), &clock,
              [&](Router& router) { router.add(Method::post, "/dawdle", Dawdler{&clock}); });
    for (const std::size_t size : {5U, 1'000U, 20'000U, 60'000U})
        EXPECT_EQ(ask(site, "POST", "/dawdle", {}, std::string(size, 'x')).body, "0") << size;
}

TEST_F(TlsTest, IsReadAgain) {
    Site site(over(tls));
    const auto expiry = tls->expires_at();
    EXPECT_FALSE(tls->changed());
    const Certificate next(folder, "next", 5 * kDay);
    std::filesystem::rename(next.file, mine.file);
    EXPECT_TRUE(tls->changed());
    EXPECT_THROW(tls->reload(), std::runtime_error);  // the key is still that of the one before
    EXPECT_FALSE(tls->changed());                     // nothing new since then
    EXPECT_EQ(tls->expires_at(), expiry);
    EXPECT_THROW(ask(site, "GET", "/hello"), std::runtime_error);  // it goes on as before
    EXPECT_EQ(
        fetch("GET", url(site, "/hello"), {}, {}, 10s, {.authorities = {}, .anybody = true}).status,
        200);
    std::filesystem::rename(next.key, mine.key);
    EXPECT_TRUE(tls->changed());
    tls->reload();
    EXPECT_EQ(ask(site, "GET", "/hello").status, 200);
    EXPECT_EQ(std::chrono::round<std::chrono::days>(tls->expires_at() - expiry),
              std::chrono::days(4));
}

TEST_F(TlsTest, SaysWhatIsWrong) {
    const Certificate other(folder, "other");
    const auto complaint = [](const std::string& certificate, const std::string& key) {
        try {
            Tls(certificate, key);
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
        return std::string("none");
    };
    const auto gone = (folder.path() / "gone").string();
    EXPECT_EQ(complaint(gone, mine.key), "TLS certificate " + gone + ": No such file or directory");
    EXPECT_NE(complaint(mine.file, gone).find("TLS key " + gone), std::string::npos);
    EXPECT_NE(complaint(mine.file, other.key).find("key values mismatch"), std::string::npos);
    EXPECT_NE(complaint(mine.key, mine.key).find("TLS certificate " + mine.key), std::string::npos);
    EXPECT_EQ(complaint(mine.file, mine.key), "none");
    const Certificate old(folder, "old", -kDay);
    EXPECT_EQ(complaint(old.file, old.key), "none");  // a warning in the log
}

}  // namespace
}  // namespace handin::http::test
