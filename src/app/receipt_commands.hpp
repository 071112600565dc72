#pragma once

#include <CLI/CLI.hpp>

namespace handin::app {

// `handin verify`: a receipt and the files it speaks of, offline. Throws std::runtime_error with
// the reason if they do not hold.
void add_verify_command(CLI::App& app);

// `handin receipt-key list|rotate`, on a data folder.
void add_receipt_key_command(CLI::App& app);

}  // namespace handin::app
