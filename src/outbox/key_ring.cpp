#include "outbox/key_ring.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace handin::outbox {

using events::RsaKey;

namespace {

// Other nodes sign with the key before until they look again, once a minute.
constexpr auto kNoticed = std::chrono::minutes(2);
constexpr auto kApart = std::chrono::microseconds(1);  // keys that are made together

}  // namespace

std::vector<KeyRing::Known> KeyRing::known() {
    std::lock_guard lock(mutex_);
    return keys_;
}

void KeyRing::reload() {
    const auto before = known();
    std::vector<Known> now;
    for (const auto& [id, pem, created_at] : deliveries_.keys()) {
        const auto same = std::ranges::find(
            before, id, [](const Known& each) -> const std::string& { return each.key->id(); });
        now.push_back({created_at, same != before.end()
                                       ? same->key
                                       : std::make_shared<const RsaKey>(RsaKey::from_pem(pem))});
    }
    std::lock_guard lock(mutex_);
    keys_ = std::move(now);
}

// Whoever was faster has added some, which will do.
void KeyRing::add(std::size_t count) {
    const auto before = known();
    auto now = clock_.now();
    if (!before.empty()) now = std::max(now, before.back().created_at + kApart);
    std::vector<store::EventKey> made;
    for (std::size_t index = 0; index < count; ++index) {
        const auto key = RsaKey::generate();
        made.push_back({.id = key.id(), .pem = key.pem(), .created_at = now + kApart * index});
    }
    const auto newest = before.empty() ? std::string() : before.back().key->id();
    if (deliveries_.add_keys(newest, made, kKeys))
        log::info("new keys sign events", {{"kid", made.back().id}});
    reload();
}

void KeyRing::prepare() {
    reload();
    if (known().empty()) add(kKeys);
}

std::string KeyRing::trouble_with_forgetting(const std::vector<Known>& keys) {
    if (keys.size() < kKeys) return "";
    const auto& oldest = keys.front();
    const auto last = keys.back().created_at;
    if (last - oldest.created_at == kApart * (kKeys - 1)) return "";  // it was never in use
    if (clock_.now() - last < kNoticed)
        return "keys were rotated less than two minutes ago, and not every node may know";
    if (deliveries_.awaits(oldest.key->id()))
        return "there are deliveries, waiting or dead, that were signed with the key before";
    return "";
}

std::expected<void, std::string> KeyRing::rotate(bool whatever) {
    reload();
    const auto keys = known();
    auto trouble = whatever ? std::string() : trouble_with_forgetting(keys);
    if (!trouble.empty()) return std::unexpected(std::move(trouble));
    add(keys.empty() ? kKeys : 1);
    return {};
}

void KeyRing::rotate_after(std::chrono::hours age) {
    const auto keys = known();
    if (keys.empty() || clock_.now() - keys.back().created_at <= age) return;
    const auto rotated = rotate();
    const auto reason = rotated ? std::string() : rotated.error();
    if (!rotated && reason != put_off_)
        log::info("keys of events are not rotated yet", {{"reason", std::string_view(reason)}});
    put_off_ = reason;
}

KeyRing::Signed KeyRing::sign(std::string_view payload) {
    auto keys = known();
    if (keys.empty()) {
        prepare();
        keys = known();
    }
    // The newest is the next one.
    const auto& key = *keys.at(keys.size() > 1 ? keys.size() - 2 : 0).key;
    return {events::jws(key, payload), key.id()};
}

std::string KeyRing::jwks() {
    if (known().empty()) reload();
    std::string text = R"({"keys":[)";
    for (const auto& each : known())
        text += (text.back() == '[' ? "" : ",") + each.key->jwk();
    return text + "]}";
}

}  // namespace handin::outbox
