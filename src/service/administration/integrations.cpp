#include "base/hash.hpp"
#include "base/json_writer.hpp"
#include "base/random.hpp"
#include "service/administration/administration.hpp"
#include "service/administration/listed.hpp"
#include "service/administration/named.hpp"

namespace handin::service {
namespace {

using domain::Integration;
using domain::Reason;

constexpr std::size_t kLongestName = 200;  // bytes

std::string_view state_name(Integration::State state) {
    switch (state) {
        case Integration::State::active:
            return "active";
        case Integration::State::paused:
            return "paused";
        case Integration::State::disabled:
            break;
    }
    return "disabled";
}

std::string detail_of(const Integration& integration) {
    std::string detail;
    ObjectWriter out(detail);
    out.text("name", integration.name);
    out.text("client_id", integration.client_id);
    out.plain("state", state_name(integration.state));
    out.end();
    return detail;
}

}  // namespace

task<Administered<Issued<Integration>>> Administration::create_integration(Operator by,
                                                                           NewIntegration wanted) {
    if (wanted.name.empty() || wanted.name.size() > kLongestName)
        co_return named::refused(Reason::invalid_value, "name", "From 1 to 200 bytes.");
    const auto now = clock_.now();
    auto secret = random_token();
    Integration made{.id = uuid_v7(now),
                     .account_id = {},
                     .name = wanted.name,
                     .client_id = uuid_v4().str(),
                     .client_secret_hash = sha256(secret),
                     .created_at = now};
    const auto done = co_await change(
        &by, "integration.create", [&](store::Reader& reader) -> Administered<Plan> {
            const auto account = named::account(reader, wanted.account);
            if (!account) return std::unexpected(account.error());
            made.account_id = account->id;
            made.number = reader.administration().last_numbers(account->id).integration + 1;
            Plan plan{
                .account_id = account->id, .target = made.id.str(), .detail = detail_of(made)};
            plan.changes.integrations.push_back(made);
            return plan;
        });
    if (!done) co_return std::unexpected(done.error());
    co_return Issued<Integration>{std::move(made), std::move(secret)};
}

task<Administered<Integration>> Administration::set_integration_state(Operator by,
                                                                      std::string integration,
                                                                      Integration::State state) {
    Integration changed;
    const auto done =
        co_await change(&by, "integration.state", [&](store::Reader& reader) -> Administered<Plan> {
            auto found = named::integration(reader, integration);
            if (!found) return std::unexpected(std::move(found.error()));
            changed = std::move(*found);
            changed.state = state;
            Plan plan{.account_id = changed.account_id,
                      .target = changed.id.str(),
                      .detail = detail_of(changed)};
            plan.changes.integrations.push_back(changed);
            return plan;
        });
    if (!done) co_return std::unexpected(done.error());
    co_return changed;
}

task<Administered<Issued<Integration>>> Administration::rotate_secret(Operator by,
                                                                      std::string integration) {
    auto secret = random_token();
    Integration changed;
    const auto done = co_await change(&by, "integration.rotate_secret",
                                      [&](store::Reader& reader) -> Administered<Plan> {
                                          auto found = named::integration(reader, integration);
                                          if (!found)
                                              return std::unexpected(std::move(found.error()));
                                          changed = std::move(*found);
                                          changed.client_secret_hash = sha256(secret);
                                          Plan plan{.account_id = changed.account_id,
                                                    .target = changed.id.str(),
                                                    .detail = detail_of(changed)};
                                          plan.changes.integrations.push_back(changed);
                                          return plan;
                                      });
    if (!done) co_return std::unexpected(done.error());
    co_return Issued<Integration>{std::move(changed), std::move(secret)};
}

task<Listed<Integration>> Administration::integrations(Operator /*by*/, Page page) {
    co_return co_await listed(&store_, page, [](store::AdminReader& reader, const Page& more) {
        return reader.integrations(more);
    });
}

}  // namespace handin::service
