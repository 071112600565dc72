// The part of the audit that walks submissions and their events side by side.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "store/audit.hpp"

namespace handin::store {

// An id as people read it; hex if it is not as long as an id is.
std::string id_text(std::string_view bytes);

// In one transaction of the caller's.
class RowAudit {
 public:
    RowAudit(AuditSource& source, const std::function<void(const Finding&)>& report,
             const std::function<void(const std::string&)>& step)
        : source_(source), report_(report), step_(step) {}

    // Every event can be read and none is missing in between. Remembers which attempt each
    // announces. How many there are.
    std::uint64_t check_events();
    // After check_events(): every submission has attempts 1..n with their attachments and bytes,
    // and one event for each, in order.
    void check_submissions(bool hash, RowCounts& counts);

 private:
    struct Subject;  // the submission that is looked at
    struct AttemptRow;
    class ToldRows;

    void check_event(std::int64_t sequence, const std::string& submission, const std::string& text);
    void check_marking(const Subject& subject, std::size_t attempts, const std::string& text);
    void check_attempts(const Subject& subject, std::span<const Uuid> ids, bool hash,
                        RowCounts& counts);
    void check_attempt(const Subject& subject, std::size_t number, const AttemptRow& row, bool hash,
                       RowCounts& counts);
    void check_attachments(const Subject& subject, std::size_t number, const Uuid& attempt,
                           std::span<const Uuid> ids, bool hash);
    void check_attachment(const Subject& subject, std::size_t number, const Uuid& attempt,
                          const Uuid& id, AuditCursor& row, bool hash);
    void check_told(const Subject& subject, std::size_t attempts,
                    const std::vector<ToldEvent>& told);

    AuditSource& source_;
    const std::function<void(const Finding&)>& report_;
    const std::function<void(const std::string&)>& step_;
};

}  // namespace handin::store
