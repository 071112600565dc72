// Files that are sent before they are handed in: the tus protocol 1.0.0, and plain requests for
// programs that need no resuming. docs/uploads.md shows both.
#pragma once

#include <expected>
#include <vector>

#include "http/router.hpp"
#include "service/access.hpp"
#include "service/uploads.hpp"

namespace handin::tus {

class Tus {
 public:
    // Both outlive it.
    Tus(service::Access& access, service::Uploads& uploads) : access_(access), uploads_(uploads) {}

    // It outlives the router's use.
    void add_routes(http::Router& router);

 private:
    task<http::Response> on_all(http::Request request);  // the collection
    task<http::Response> on_one(http::Request request);  // one upload
    task<http::Response> answer_all(http::Request request, domain::Actor actor);
    task<http::Response> answer_one(http::Request request, http::Method method, domain::Actor actor,
                                    Uuid id);

    // tus
    http::Response options() const;
    task<http::Response> create(http::Request request, domain::Actor actor);
    task<http::Response> join(domain::Actor actor, service::NewUpload about,
                              std::vector<Uuid> parts);
    task<http::Response> head(domain::Actor actor, Uuid id);
    task<http::Response> patch(http::Request request, domain::Actor actor, Uuid id);
    task<std::expected<domain::Upload, domain::Refusals>> receive(http::Request request,
                                                                  domain::Actor actor,
                                                                  service::Uploads::Append append);

    // plain
    task<http::Response> keep_whole(http::Request request, domain::Actor actor);
    task<http::Response> keep_form(http::Request request, domain::Actor actor);
    task<http::Response> show(domain::Actor actor, Uuid id);
    // both
    task<http::Response> discard(domain::Actor actor, Uuid id);

    task<std::expected<domain::Actor, http::Response>> authenticate(http::Request request);

    service::Access& access_;
    service::Uploads& uploads_;
};

}  // namespace handin::tus
