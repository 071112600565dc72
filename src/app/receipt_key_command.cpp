#include <cstdio>
#include <filesystem>
#include <memory>

#include "app/data_folder.hpp"
#include "app/receipt_commands.hpp"
#include "app/receipt_keys.hpp"
#include "app/secret_file.hpp"

namespace handin::app {
namespace {

struct Options {
    std::filesystem::path data = "handin-data";
    bool as_jwks = false;
};

void list(const Options& options) {
    const auto keys = known_receipt_keys(options.data);
    if (options.as_jwks) {
        std::puts(receipt::jwks(keys).c_str());
        return;
    }
    if (keys.empty())
        throw std::runtime_error("no receipt has been signed from " + options.data.string() +
                                 " yet");
    const char* state = "in use";
    for (const auto& key : keys)
        std::printf("%s  %s\n", receipt::key_id(key).c_str(), std::exchange(state, "retired"));
}

void rotate(const Options& options) {
    const auto key = rotate_receipt_key(options.data);
    std::printf("%s  in use from the next start of the server on\n", receipt::key_id(key).c_str());
}

}  // namespace

void add_receipt_key_command(CLI::App& app) {
    auto* command = app.add_subcommand("receipt-key", "The keys that sign receipts");
    command->require_subcommand(1);
    const auto options = std::make_shared<Options>();
    const auto add = [&](const char* name, const char* help) {
        auto* sub = command->add_subcommand(name, help);
        sub->add_option("--data", options->data, "Data folder of the server")
            ->envname("HANDIN_DATA")
            ->check(CLI::ExistingDirectory)
            ->capture_default_str();
        return sub;
    };
    auto* listing = add("list", "Print the ids of all keys, the one in use first");
    listing->add_flag("--jwks", options->as_jwks,
                      "Print the public keys as a JSON Web Key Set, for handin verify --keys");
    listing->callback([options] { list(*options); });
    add("rotate",
        "Make a new key. Receipts signed so far stay valid; a running server uses the new key "
        "after "
        "a restart")
        ->callback([options] { rotate(*options); });
}

}  // namespace handin::app
