// The use cases and the dialects over them, put together: the one line that a new dialect needs is
// here.
#pragma once

#include <memory>
#include <string>

#include "api/admin/access_routes.hpp"
#include "api/admin/admin.hpp"
#include "api/admin/event_stream.hpp"
#include "api/admin/receipts.hpp"
#include "api/admin/roster_routes.hpp"
#include "api/admin/work_routes.hpp"
#include "api/edlink/edlink.hpp"
#include "api/tabula/tabula.hpp"
#include "api/tus/tus.hpp"
#include "app/config.hpp"
#include "app/delivery.hpp"
#include "app/storage.hpp"
#include "base/metrics.hpp"
#include "http/router.hpp"
#include "outbox/feed.hpp"
#include "outbox/news.hpp"
#include "scan/clamd.hpp"
#include "scan/quarantine.hpp"
#include "service/access.hpp"
#include "service/administration/administration.hpp"
#include "service/assignments.hpp"
#include "service/categories.hpp"
#include "service/committer.hpp"
#include "service/coursework.hpp"
#include "service/inspection.hpp"
#include "service/intake.hpp"
#include "service/office/office.hpp"
#include "service/password_sign_in.hpp"
#include "service/receipts.hpp"
#include "service/roster/import.hpp"
#include "service/rosters.hpp"
#include "service/sign_in.hpp"
#include "service/upload_sweeper.hpp"
#include "service/uploads.hpp"
#include "service/work_notes.hpp"

namespace handin::app {

// Who looks for viruses.
struct Scanning {
    Scanning(const Config& config, Storage& storage, const Clock& clock, Metrics& metrics);

    scan::Clamd clamd;
    scan::Quarantine quarantine;
    service::Inspection inspection;
};

struct Services {
    // All outlive it. `scanning`: null where nobody looks. Throws std::exception with a sentence
    // for the operator.
    Services(Storage& storage, Scanning* scanning, const Clock& clock, Metrics& metrics,
             const Config& config, const std::string& base_url);

    void add_routes(http::Router& router);
    void add_gauges(Metrics& metrics);
    // Why it cannot take work; empty: it can.
    std::string trouble(const Storage& storage) const;

    outbox::News news;
    Delivery delivery;  // both of which the committer wakes to its end
    service::Committer committer;
    service::Access access;
    service::Pseudonyms pseudonyms;
    service::Coursework coursework;
    service::Rosters rosters;
    service::Intake intake;
    service::Marking marking;
    service::Assignments assignments;
    service::Categories categories;
    service::SignIn sign_in;
    service::PasswordSignIn password_sign_in;
    service::Office office;
    service::Receipts receipts;
    service::Administration administration;
    service::RosterImport roster;
    service::Uploads uploads;
    service::UploadSweeper sweeper;
    outbox::Feed feed;
    edlink::Edlink edlink;
    tus::Tus tus;
    tabula::Tabula tabula;
    admin::Admin admin;
    admin::EventStream event_stream;
    admin::Receipts receipt_routes;
    admin::AccessRoutes access_routes;
    admin::RosterRoutes roster_routes;
    service::WorkNotes work_notes;
    admin::WorkRoutes work_routes;
};

}  // namespace handin::app
