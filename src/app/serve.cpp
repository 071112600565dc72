#include "app/serve.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "app/demo/demo.hpp"
#include "app/wiring.hpp"
#include "base/log.hpp"

namespace handin::app {
namespace {

log::Level level_of(const std::string& name) {
    if (name == "debug") return log::Level::debug;
    if (name == "warn") return log::Level::warn;
    return name == "error" ? log::Level::error : log::Level::info;
}

// Each connection is a descriptor; the soft limit is often 1024.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

constexpr timespec kLook{.tv_sec = 2, .tv_nsec = 0};  // at files that may have changed

// What ends the server; and SIGHUP, which means "reload" where there is something to reload.
sigset_t awaited_signals(bool reloads) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (reloads) sigaddset(&set, SIGHUP);
    return set;
}

// Blocks until a signal says so.
int serve_until_told(Site& site, const sigset_t& signals) {
    for (;;) {
        const int signal = sigtimedwait(&signals, nullptr, &kLook);
        if (signal == SIGHUP)
            site.reload(Site::Reload::always);
        else if (signal > 0)
            return signal;
        else
            site.reload(Site::Reload::if_changed);
    }
}

}  // namespace

int serve(const Config& config) {
    log::set_level(level_of(config.log_level));
    raise_descriptor_limit();
    umask(077);  // students' work is nobody else's on this machine
    std::signal(SIGPIPE, SIG_IGN);
    // Blocked before any thread is there, so that only sigtimedwait above sees them.
    const auto signals = awaited_signals(!config.tls_certificate.empty());
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    Site site(config);
    site.start();
    log::info("serving", {{"url", std::string_view(site.base_url())}});
    if (config.demo) {
        std::fputs(demo_guide(config.data, site.base_url()).c_str(), stdout);
        std::fflush(stdout);
    }

    const int signal = serve_until_told(site, signals);
    log::info("stopping", {{"signal", signal}});
    if (!site.stop()) {
        log::warn("requests were still running; what they acknowledged is kept");
        std::_Exit(0);
    }
    log::info("stopped");
    return 0;
}

}  // namespace handin::app
