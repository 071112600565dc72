// Tokens that applications get for people.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <string_view>

#include "base/task.hpp"
#include "domain/refusal.hpp"
#include "service/committer.hpp"

namespace handin::service {

struct AccessToken {
    std::string token;
    std::chrono::seconds expires_in{0};
};

class SignIn {
 public:
    // All outlive it.
    SignIn(store::Store& store, Committer& committer, const Clock& clock)
        : store_(store), committer_(committer), clock_(clock) {}

    // One more access token for a refresh token, which stays good (edlink.md 1.2).
    task<std::expected<AccessToken, domain::Refusals>> refresh(std::string_view client_id,
                                                               std::string_view client_secret,
                                                               std::string_view refresh_token);

 private:
    store::Store& store_;
    Committer& committer_;
    const Clock& clock_;
};

}  // namespace handin::service
