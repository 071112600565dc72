#include "service/readable_classes.hpp"

#include "service/standing.hpp"

namespace handin::service {

ReadableClasses::ReadableClasses(store::Reader& reader, const domain::Actor& actor)
    : reader_(reader), actor_(actor) {
    const auto standing = standing_of(reader, actor, {});
    const auto denies = [](const domain::Grant& grant) {
        return !grant.allow &&
               grant.permission == domain::info(domain::Permission::class_read).name;
    };
    asks_ = std::ranges::any_of(standing.grants, denies) ||
            std::ranges::any_of(standing.bounds, denies);
}

bool ReadableClasses::has(const Uuid& class_id) {
    if (!asks_) return true;
    const auto [found, fresh] = known_.try_emplace(class_id, false);
    if (fresh) {
        const auto target = target_of(reader_, actor_, {.class_id = class_id});
        found->second = target && domain::may(standing_of(reader_, actor_, class_id),
                                              domain::Permission::class_read, *target);
    }
    return found->second;
}

}  // namespace handin::service
