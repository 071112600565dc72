// GET /api/handin/v1/receipts/{attempt} and /keys (docs/receipts.md).
#pragma once

#include <string>

#include "http/router.hpp"
#include "service/access.hpp"
#include "service/receipts.hpp"

namespace handin::admin {

class Receipts {
 public:
    // Both outlive it. `key_set`: the public keys, as JSON.
    Receipts(service::Access& access, service::Receipts& receipts, std::string key_set)
        : access_(access), receipts_(receipts), key_set_(std::move(key_set)) {}

    // It outlives the router's use.
    void add_routes(http::Router& router);

 private:
    task<http::Response> receipt(http::Request request);
    task<http::Response> keys(http::Request request);

    service::Access& access_;
    service::Receipts& receipts_;
    std::string key_set_;
};

}  // namespace handin::admin
