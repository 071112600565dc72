#include "service/sign_in.hpp"

#include "base/hash.hpp"
#include "base/random.hpp"

namespace handin::service {

task<std::expected<AccessToken, domain::Refusals>> SignIn::refresh(std::string_view client_id,
                                                                   std::string_view client_secret,
                                                                   std::string_view refresh_token) {
    auto token = random_token();
    domain::Command command = domain::RefreshAccess{.client_id = std::string(client_id),
                                                    .client_secret_hash = sha256(client_secret),
                                                    .refresh_hash = sha256(refresh_token),
                                                    .access_hash = sha256(token)};
    // Anybody can send this: what will be refused must not wait in the students' queue.
    auto expected = co_await store::read(&store_, [&](store::Reader& reader) {
        const auto& refresh = std::get<domain::RefreshAccess>(command);
        domain::State state;
        state.clients[refresh.client_id] = reader.client(refresh.client_id);
        state.tokens[refresh.refresh_hash] = reader.token(refresh.refresh_hash);
        return domain::decide(state, command, clock_.now());
    });
    if (!expected) co_return std::unexpected(std::move(expected.error()));
    if (!committer_.has_room()) throw Overloaded("too many commands are waiting");
    auto outcome = co_await committer_.execute(std::move(command));
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    const auto& made = *outcome->token;
    co_return AccessToken{std::move(token), std::chrono::duration_cast<std::chrono::seconds>(
                                                *made.expires_at - made.created_at)};
}

}  // namespace handin::service
