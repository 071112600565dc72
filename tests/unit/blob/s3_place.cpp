#include "blob/s3_place.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <cstdlib>
#include <set>
#include <stdexcept>

#include "base/random.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace handin::test {

S3Server& S3Server::shared() {
    static S3Server server;
    return server;
}

S3Server::S3Server() {
    std::array<int, 2> in{}, out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    std::string python = "/usr/bin/python3";
    std::string script = HANDIN_SOURCE_DIR "/tests/support/s3server.py";
    auto folder = (folder_.path() / "swift").string();
    char* arguments[] = {python.data(), script.data(), folder.data(), nullptr};
    const int failed =
        ::posix_spawn(&process_, python.c_str(), &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    if (failed != 0) throw std::runtime_error("the S3 server cannot be started");
    stdin_ = in[1];
    std::string line;
    for (char c = 0; ::read(out[0], &c, 1) == 1 && c != '\n';)
        line += c;
    ::close(out[0]);
    if (line.empty()) throw std::runtime_error("the S3 server does not start");
    const auto where = boost::json::parse(line).as_object();
    const auto text = [&](const char* name) {
        return boost::json::value_to<std::string>(where.at(name));
    };
    endpoint_ = text("endpoint");
    bucket_ = text("bucket");
    ::setenv("AWS_ACCESS_KEY_ID", text("access_key").c_str(), 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", text("secret_key").c_str(), 1);
}

S3Server::~S3Server() {
    if (stdin_ >= 0) ::close(stdin_);
    int status = 0;
    if (process_ > 0) ::waitpid(process_, &status, 0);
}

S3Place::S3Place()
    : url_("s3://" + S3Server::shared().bucket() + "/t " + random_token() +
           "+ü?region=us-east-1&endpoint=" + S3Server::shared().endpoint()),
      bucket_(options(), clock_) {
    reopen();
}

blob::s3::Options S3Place::options() const {
    return {.address = blob::s3::parse_address(url_), .credentials = {}, .trust = {}};
}

void S3Place::reopen() {
    if (store_) store_->drain();
    store_.reset();
    store_.emplace(options(), (spool_.path() / "spool").string(), pool_, clock_);
}

std::vector<std::string> S3Place::keys() {
    std::vector<std::string> keys;
    std::string token;
    do {
        auto page = background_.run(bucket_.list("", "", token));
        for (const auto& object : page.objects)
            keys.push_back(object.key);
        token = page.next;
    } while (!token.empty());
    return keys;
}

std::size_t S3Place::things() {
    store_->drain();
    std::set<std::string> ids;
    for (const auto& key : keys())
        for (const auto& part : {key.substr(key.rfind('/') + 1), key.substr(key.find('/') + 1, 36)})
            if (Uuid::parse(part)) ids.insert(part);
    return ids.size() + background_.run(bucket_.pending("", "")).uploads.size();
}

}  // namespace handin::test
