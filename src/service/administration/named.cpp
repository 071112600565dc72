#include "service/administration/named.hpp"

#include <algorithm>
#include <span>

namespace handin::service::named {
namespace {

using domain::Reason;
using store::PersonName;

template <class Row>
Found<Row> one(std::optional<Row> row, const char* field, const std::string& name) {
    if (row) return std::move(*row);
    return refused(Reason::not_found, field,
                   "There is no " + std::string(field) + " '" + name + "'.");
}

}  // namespace

std::unexpected<domain::Refusals> refused(Reason reason, std::string field, std::string detail) {
    return std::unexpected(domain::Refusals{{reason, std::move(field), std::move(detail)}});
}

Found<domain::Account> account(store::Reader& reader, const std::optional<std::string>& id) {
    if (id) {
        const auto parsed = Uuid::parse(*id);
        return one(parsed ? reader.account(*parsed) : std::nullopt, "account", *id);
    }
    auto accounts = reader.administration().accounts();
    if (accounts.empty())
        return refused(Reason::not_found, "account",
                       "There is no school yet: import a roster first (handin roster import).");
    if (accounts.size() > 1)
        return refused(Reason::invalid_value, "account", "There are several schools: say which.");
    return std::move(accounts.front());
}

Found<domain::Person> person(store::Reader& reader, const Uuid& account_id,
                             const std::string& name) {
    if (const auto id = Uuid::parse(name)) {
        auto found = reader.person(*id);
        if (found && found->account_id == account_id) return std::move(*found);
    }
    // One person's login may be what another is called in the school's records.
    std::optional<domain::Person> found;
    for (const auto kind : {PersonName::login, PersonName::sis_id, PersonName::university_id})
        for (auto& person : reader.administration().people(account_id, kind, std::span(&name, 1))) {
            if (found && found->id != person.id)
                return refused(Reason::invalid_value, "person",
                               "More than one person is called '" + name + "': give the id.");
            found = std::move(person);
        }
    return one(std::move(found), "person", name);
}

Found<domain::Integration> integration(store::Reader& reader, const std::string& name) {
    const auto id = Uuid::parse(name);
    auto found = id ? reader.administration().integration(*id) : std::nullopt;
    if (!found) found = reader.client(name);
    return one(std::move(found), "integration", name);
}

Found<domain::ApiUser> api_user(store::Reader& reader, const Uuid& account_id,
                                const std::string& name) {
    const auto id = Uuid::parse(name);
    auto found = id ? reader.administration().api_user(*id) : std::nullopt;
    if (found && found->account_id != account_id) found.reset();
    if (!found) found = reader.administration().api_user_named(account_id, name);
    return one(std::move(found), "api_user", name);
}

Found<domain::Class> klass(store::Reader& reader, const Uuid& account_id, const std::string& name) {
    const auto id = Uuid::parse(name);
    auto found = id ? reader.klass(*id) : std::nullopt;
    if (found && found->account_id == account_id) return std::move(*found);
    auto classes = reader.administration().classes(account_id, std::span(&name, 1));
    if (classes.size() == 1) return std::move(classes.front());
    return one(std::optional<domain::Class>(), "class", name);
}

Found<domain::Department> department(store::Reader& reader, const Uuid& account_id,
                                     const std::string& name) {
    const auto id = Uuid::parse(name);
    auto departments = reader.administration().departments(account_id);
    const auto found = std::ranges::find_if(
        departments, [&](const auto& each) { return each.id == id || each.code == name; });
    return one(found == departments.end() ? std::nullopt : std::optional(std::move(*found)),
               "department", name);
}

}  // namespace handin::service::named
