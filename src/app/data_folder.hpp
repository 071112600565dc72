// Names in the data folder that the server writes and the command line reads.
#pragma once

namespace handin::app {

inline constexpr auto kAdminTokenFile = "admin-token";  // of a site that is not a demo
inline constexpr auto kDemoFile = "demo.json";
inline constexpr auto kReceiptKeyFile = "receipt-key.pem";       // signs receipts
inline constexpr auto kReceiptKeySetFile = "receipt-keys.json";  // every key that ever did, public
inline constexpr auto kUrlFile = "url";                          // where the server answers

}  // namespace handin::app
