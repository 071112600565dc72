#include "app/receipt_keys.hpp"

#include <algorithm>
#include <stdexcept>

#include "app/data_folder.hpp"
#include "app/secret_file.hpp"

namespace handin::app {
namespace {

namespace fs = std::filesystem;
using receipt::SigningKey;
using receipt::SigningPublicKey;

// Puts the key before all others.
void announce(const fs::path& data, const SigningPublicKey& key) {
    auto keys = known_receipt_keys(data);
    if (!keys.empty() && keys.front() == key) return;
    std::erase(keys, key);
    keys.insert(keys.begin(), key);
    write_secret(data / kReceiptKeySetFile, receipt::jwks(keys) + "\n");
}

// The public part first: a private key that signs is never unknown.
SigningKey replaced(const fs::path& data) {
    auto key = SigningKey::generate();
    announce(data, key.public_key());
    write_secret(data / kReceiptKeyFile, key.pem());
    return key;
}

}  // namespace

SigningKey open_receipt_key(const fs::path& data) {
    const auto file = data / kReceiptKeyFile;
    const auto text = read_text(file);
    if (!text) {
        // Not readable is not the same as not there.
        if (fs::exists(file)) throw std::runtime_error("cannot read " + file.string());
        return replaced(data);
    }
    try {
        auto key = SigningKey::from_pem(*text);
        announce(data, key.public_key());
        return key;
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(file.string() + ": " + error.what());
    }
}

std::vector<SigningPublicKey> known_receipt_keys(const fs::path& data) {
    const auto file = data / kReceiptKeySetFile;
    const auto text = read_text(file);
    if (!text) return {};
    auto keys = receipt::parse_jwks(*text);
    if (!keys) throw std::runtime_error(file.string() + ": " + keys.error());
    return std::move(*keys);
}

SigningPublicKey rotate_receipt_key(const fs::path& data) {
    if (!fs::exists(data / kReceiptKeyFile))
        throw std::runtime_error("there is no " + (data / kReceiptKeyFile).string() +
                                 ": nothing to replace yet");
    open_receipt_key(data);  // the old one is among the known
    return replaced(data).public_key();
}

}  // namespace handin::app
