#include "store/postgres/claims.hpp"

#include <algorithm>
#include <stdexcept>

namespace handin::store::postgres {
namespace {

// Marks users from the first lost one on; whether that was news.
template <class Row>
bool spread(const std::map<Uuid, Claim<Row>>& claims, std::vector<bool>& lost) {
    bool news = false;
    for (const auto& [id, claim] : claims) {
        bool from_here = false;
        for (const auto user : claim.users) {
            from_here = from_here || lost[user];
            if (from_here && !lost[user]) news = lost[user] = true;
        }
    }
    return news;
}

template <class Row>
void mark(const std::map<Uuid, Claim<Row>>& claims, std::span<const Uuid> stale,
          std::vector<bool>& lost) {
    for (const auto& id : stale)
        if (const auto found = claims.find(id); found != claims.end())
            for (const auto user : found->second.users)
                lost[user] = true;
}

}  // namespace

Claims claims_of(std::span<const domain::Changes* const> changes) {
    Claims claims;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        for (const auto& row : changes[i]->submissions) {
            auto& claim = claims.submissions[row.id];
            if (claim.last == nullptr)
                claim.expected = row.version - 1;
            else if (row.version != claim.last->version + 1)
                throw std::logic_error("a submission's versions of one batch do not follow");
            claim.last = &row;
            claim.users.push_back(i);
        }
        for (const auto& row : changes[i]->uploads) {
            auto& claim = claims.uploads[row.id];
            claim.last = &row;
            claim.users.push_back(i);
        }
        for (const auto& row : changes[i]->removed_uploads) {
            auto& claim = claims.uploads[row.id];
            claim.last = nullptr;
            claim.users.push_back(i);
        }
        for (const auto& row : changes[i]->upload_usages) {
            auto& claim = claims.usages[row.owner_id];
            claim.last = &row;
            claim.users.push_back(i);
        }
    }
    return claims;
}

std::vector<std::size_t> lost_changes(const Claims& claims, std::span<const Uuid> stale,
                                      std::size_t changes) {
    std::vector<bool> lost(changes);
    mark(claims.submissions, stale, lost);
    mark(claims.uploads, stale, lost);
    while (spread(claims.submissions, lost) || spread(claims.uploads, lost) ||
           spread(claims.usages, lost)) {
    }
    std::vector<std::size_t> indexes;
    for (std::size_t i = 0; i < changes; ++i)
        if (lost[i]) indexes.push_back(i);
    return indexes;
}

}  // namespace handin::store::postgres
