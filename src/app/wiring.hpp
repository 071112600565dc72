// The whole server, put together: the only place that knows everybody.
#pragma once

#include <memory>
#include <string>

#include "app/config.hpp"

namespace handin::app {

class Site {
 public:
    // Opens the store (recovering and migrating it), makes the demo school if asked to, and binds
    // the address. Throws std::exception with a sentence for the operator.
    explicit Site(const Config& config);
    ~Site();

    const std::string& base_url() const;
    void start();
    // Reads what can change while it runs, which is the TLS certificate: always, or only if its
    // files have changed. Blocks. What cannot be used is logged and changes nothing.
    enum class Reload { always, if_changed };
    void reload(Reload when);
    // Graceful; blocks. False if requests were still running when the patience was over: then the
    // process must end without destroying the site.
    bool stop();

 private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace handin::app
