#include "app/services.hpp"

#include <algorithm>
#include <mutex>
#include <stdexcept>

#include "app/receipt_keys.hpp"
#include "base/zone.hpp"
#include "receipt/sealer.hpp"

namespace handin::app {
namespace {

constexpr std::size_t kBusyCommits = 8;  // that wait: then events go out more slowly
// What graders send that is being received; by far more than they ever do at once.
constexpr std::size_t kMarksAtOnce = 512;
constexpr std::size_t kMarkMemory = std::size_t{32} << 20U;

domain::UploadLimits upload_limits(const Config& config) {
    return {.bytes = config.max_upload_bytes,
            .person_bytes = config.max_upload_bytes_per_person,
            .account_bytes = config.max_upload_bytes_per_account,
            .person_uploads = config.max_uploads_per_person,
            .life = std::chrono::seconds(config.upload_lifetime),
            .api_user_life = std::chrono::seconds(config.attachment_lifetime)};
}

// Often enough that expired uploads do not pile up, however short they live.
service::SweepPace sweep_pace(const domain::UploadLimits& limits) {
    service::SweepPace pace;
    pace.idle = std::min<std::chrono::milliseconds>(pace.idle, limits.life);
    return pace;
}

const std::string& known_zone(const std::string& name) {
    if (!is_zone(name))
        throw std::runtime_error("--tabula-time-zone: there is no time zone " + name +
                                 " (is the package tzdata installed?)");
    return name;
}

service::Seal seal_with(receipt::SigningKey key) {
    struct One {  // at a time
        receipt::Sealer sealer;
        std::mutex mutex;
    };
    return [one = std::make_shared<One>(receipt::Sealer(std::move(key)))](
               std::span<domain::Changes* const> accepted) {
        std::lock_guard lock(one->mutex);
        return one->sealer.seal(accepted);
    };
}

}  // namespace

Scanning::Scanning(const Config& config, Storage& storage, const Clock& clock, Metrics& metrics)
    : clamd({.address = config.clamd,
             .timeout = std::chrono::seconds(config.clamd_timeout),
             .connections = config.clamd_connections}),
      quarantine(storage.data / "quarantine", config.max_quarantine_bytes, storage.pool),
      inspection(
          clamd, quarantine, storage.blobs, clock,
          config.clamd_unavailable == "accept" ? service::Inspection::WithoutScanner::accept
                                               : service::Inspection::WithoutScanner::refuse,
          [&metrics](const service::ScanSeen& seen) { metrics.scan(seen.result, seen.seconds); }) {}

Services::Services(Storage& storage, Scanning* scanning, const Clock& clock, Metrics& metrics,
                   const Config& config, const std::string& base_url)
    : delivery(config, base_url, storage.store, deliveries_of(config, storage), access,
               administration, storage.pool, clock, metrics, news,
               [this] { return committer.waiting() > kBusyCommits; }),
      committer(
          storage.store, clock, {.waiting = config.max_waiting},
          [this, &metrics](const service::BatchSeen& seen) {
              metrics.batch(seen.commands, seen.seconds);
              delivery.wake();
              news.ring();
          },
          config.receipts ? seal_with(open_receipt_key(storage.data)) : service::Seal()),
      access(storage.store, clock),
      pseudonyms(setting_of(storage.store, kCursorKey)),
      coursework(storage.store, storage.blobs, pseudonyms, clock),
      rosters(storage.store),
      intake(storage.store, storage.blobs, committer, clock,
             {.reception = {.bodies = config.max_bodies, .bytes = config.max_body_memory},
              .room_on_disk = [&storage] { return storage.space.enough(); }},
             scanning ? &scanning->inspection : nullptr),
      marking(storage.store, storage.blobs, committer, pseudonyms, clock,
              {.reception = {.bodies = kMarksAtOnce, .bytes = kMarkMemory},
               .room_on_disk = [&storage] { return storage.space.enough(); }}),
      assignments(storage.store, committer, clock),
      categories(storage.store, committer, clock),
      sign_in(storage.store, committer, clock),
      password_sign_in(storage.store, clock),
      office(storage.store, storage.blobs, committer, clock),
      receipts(storage.store),
      administration(storage.store, committer, clock),
      roster(storage.store, committer, clock),
      uploads(storage.store, storage.blobs, committer, clock, upload_limits(config),
              {.reception = {.bodies = config.max_uploads_at_once,
                             .bytes = config.max_uploads_at_once * service::kUploadMemory},
               .room_on_disk = [&storage] { return storage.space.enough(); }}),
      sweeper(storage.store, storage.blobs, committer, clock, sweep_pace(uploads.limits())),
      feed(storage.store),
      edlink({access, coursework, rosters, intake, marking, assignments, categories, uploads,
              sign_in, clock},
             setting_of(storage.store, kCursorKey), config.edlink_token_status),
      tus(access, uploads),
      tabula({password_sign_in, office, intake, uploads, marking, clock},
             known_zone(config.tabula_time_zone)),
      admin(access, feed, metrics, [this, &storage] { return trouble(storage); }),
      event_stream(access, feed, news),
      receipt_routes(access, receipts, receipt::jwks(known_receipt_keys(storage.data))),
      access_routes(access, administration, clock),
      roster_routes(access, roster, storage.pool, storage.data / kRosterFile),
      work_notes(storage.store, committer, marking, clock),
      work_routes(access, work_notes) {}

void Services::add_routes(http::Router& router) {
    edlink.add_routes(router);
    tus.add_routes(router);
    tabula.add_routes(router);
    admin.add_routes(router);
    event_stream.add_routes(router);
    receipt_routes.add_routes(router);
    delivery.add_routes(router);
    access_routes.add_routes(router);
    roster_routes.add_routes(router);
    work_routes.add_routes(router);
}

void Services::add_gauges(Metrics& metrics) {
    metrics.gauge("handin_event_listeners", "Who listens to events as they happen",
                  [this] { return static_cast<double>(event_stream.listeners()); });
    metrics.gauge("handin_commit_waiting", "Commands that wait for the next batch",
                  [this] { return static_cast<double>(committer.waiting()); });
    metrics.gauge("handin_submits_receiving", "Submits whose bodies are received or committed",
                  [this] { return static_cast<double>(intake.reception().bodies()); });
    metrics.gauge("handin_submits_memory_bytes", "Memory that they are counted with",
                  [this] { return static_cast<double>(intake.reception().bytes()); });
    metrics.gauge("handin_uploads_receiving", "Uploads that are being sent",
                  [this] { return static_cast<double>(uploads.reception().bodies()); });
    metrics.gauge("handin_uploads_memory_bytes", "Memory that they are counted with",
                  [this] { return static_cast<double>(uploads.reception().bytes()); });
}

std::string Services::trouble(const Storage& storage) const {
    if (!storage.store.writable())
        return storage.store.leases() ? "the database cannot be reached"
                                      : "the store takes no writes";
    // A bucket that fails is no fault of this node: another one has no other.
    const bool no_room = !storage.s3 && intake.short_of_room();
    if (!storage.space.enough() || no_room) return "the disk is full";
    return "";
}

}  // namespace handin::app
