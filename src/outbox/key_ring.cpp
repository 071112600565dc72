#include "outbox/key_ring.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace handin::outbox {

using events::RsaKey;

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
    std::vector<store::EventKey> made;
    for (std::size_t index = 0; index < count; ++index) {
        const auto key = RsaKey::generate();
        made.push_back({.id = key.id(),
                        .pem = key.pem(),
                        .created_at = clock_.now() + std::chrono::microseconds(index)});
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

void KeyRing::rotate() {
    reload();
    add(known().empty() ? kKeys : 1);
}

void KeyRing::rotate_after(std::chrono::hours age) {
    const auto keys = known();
    if (!keys.empty() && clock_.now() - keys.back().created_at > age) rotate();
}

std::string KeyRing::sign(std::string_view payload) {
    auto keys = known();
    if (keys.empty()) {
        prepare();
        keys = known();
    }
    // The newest is the next one.
    return events::jws(*keys.at(keys.size() > 1 ? keys.size() - 2 : 0).key, payload);
}

std::string KeyRing::jwks() {
    reload();
    std::string text = R"({"keys":[)";
    for (const auto& each : known())
        text += (text.back() == '[' ? "" : ",") + each.key->jwk();
    return text + "]}";
}

}  // namespace handin::outbox
