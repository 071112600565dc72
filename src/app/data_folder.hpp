// What is in the data folder: names that the server writes and the command line reads.
#pragma once

#include <filesystem>
#include <string>

namespace handin::app {

inline constexpr auto kAdminTokenFile = "admin-token";  // of a site that is not a demo
inline constexpr auto kDemoFile = "demo.json";
inline constexpr auto kReceiptKeyFile = "receipt-key.pem";       // signs receipts
inline constexpr auto kReceiptKeySetFile = "receipt-keys.json";  // every key that ever did, public
inline constexpr auto kRosterFile = "roster-import.zip";         // while it is read
inline constexpr auto kUrlFile = "url";                          // where the server answers
inline constexpr auto kDeliveriesFile = "deliveries.db";         // what goes out, beside SQLite
inline constexpr auto kOwnerFile = ".database";   // in the folder of files: whose they are
inline constexpr auto kSpoolFolder = "spool";     // what waits to be sent to S3, without names
inline constexpr auto kRestoring = ".restoring";  // what a restore has copied so far
inline constexpr auto kManifestFile = "handin-backup.json";  // of a backup that is complete

// Whether --database names a PostgreSQL.
bool on_postgres(const std::string& database);

// Where everything is, after --data, --database and --blobs.
struct Places {
    std::filesystem::path data;
    std::filesystem::path database;  // SQLite's; where it would be, with a server
    std::string server;              // postgresql://...; empty: SQLite
    std::filesystem::path files;     // empty: in a bucket
    std::string bucket;              // s3://...; empty: in a folder
};

// `database`: sqlite:PATH or postgresql://..., `blobs`: file:PATH or s3://..., or empty: inside the
// data folder. Throws std::runtime_error with a sentence for the operator.
Places places(const std::filesystem::path& data, const std::string& database = "",
              const std::string& blobs = "");

}  // namespace handin::app
