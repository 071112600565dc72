#include "base/json_writer.hpp"
#include "base/random.hpp"
#include "service/administration/administration.hpp"
#include "service/administration/listed.hpp"
#include "service/administration/named.hpp"
#include "service/password.hpp"

namespace handin::service {
namespace {

using domain::ApiUser;
using domain::Reason;

constexpr std::size_t kLongestName = 200;      // bytes
constexpr std::size_t kShortestPassword = 12;  // bytes; programs use it, nobody has to type it
constexpr std::size_t kLongestPassword = 200;
constexpr std::size_t kMostTokens = 10'000;  // of one API user, removed with it

std::string detail_of(const ApiUser& user) {
    std::string detail;
    ObjectWriter out(detail);
    out.text("username", user.username);
    out.end();
    return detail;
}

}  // namespace

task<Administered<Issued<ApiUser>>> Administration::create_api_user(Operator by,
                                                                    NewApiUser wanted) {
    if (wanted.username.empty() || wanted.username.size() > kLongestName ||
        wanted.username.contains(':'))  // RFC 7617 2
        co_return named::refused(Reason::invalid_value, "username",
                                 "From 1 to 200 bytes, without a colon.");
    auto password = wanted.password ? *wanted.password : random_token();
    if (password.size() < kShortestPassword || password.size() > kLongestPassword)
        co_return named::refused(Reason::invalid_value, "password", "From 12 to 200 bytes.");
    const auto now = clock_.now();
    ApiUser made{.id = uuid_v7(now),
                 .account_id = {},
                 .username = wanted.username,
                 .password_hash = {},
                 .created_at = now};
    const auto done =
        co_await change(&by, "api_user.create", [&](store::Reader& reader) -> Administered<Plan> {
            const auto account = named::account(reader, wanted.account);
            if (!account) return std::unexpected(account.error());
            if (reader.administration().api_user_named(account->id, made.username))
                return named::refused(Reason::already_there, "username",
                                      "There is an API user of that name.");
            made.account_id = account->id;
            if (made.password_hash.empty()) made.password_hash = hash_password(password);
            Plan plan{
                .account_id = account->id, .target = made.id.str(), .detail = detail_of(made)};
            plan.changes.api_users.push_back(made);
            return plan;
        });
    if (!done) co_return std::unexpected(done.error());
    co_return Issued<ApiUser>{std::move(made), wanted.password ? "" : std::move(password)};
}

task<Administered<ApiUser>> Administration::remove_api_user(Operator by, std::string user) {
    ApiUser removed;
    const auto done =
        co_await change(&by, "api_user.remove", [&](store::Reader& reader) -> Administered<Plan> {
            const auto account = named::account(reader, std::nullopt);
            if (!account) return std::unexpected(account.error());
            auto found = named::api_user(reader, account->id, user);
            if (!found) return std::unexpected(std::move(found.error()));
            removed = std::move(*found);
            Plan plan{.account_id = removed.account_id,
                      .target = removed.id.str(),
                      .detail = detail_of(removed)};
            plan.changes.removed_api_users.push_back(removed.id);
            for (const auto& grant : reader.grants_of(removed.id))
                plan.changes.removed_grants.push_back(grant.id);
            for (const auto& token :
                 reader.administration().tokens({.owner_id = removed.id}, {{}, kMostTokens}))
                plan.changes.removed_tokens.push_back(token.hash);
            return plan;
        });
    if (!done) co_return std::unexpected(done.error());
    co_return removed;
}

task<Listed<ApiUser>> Administration::api_users(Operator /*by*/, Page page) {
    co_return co_await listed(&store_, page, [](store::AdminReader& reader, const Page& more) {
        return reader.api_users(more);
    });
}

}  // namespace handin::service
