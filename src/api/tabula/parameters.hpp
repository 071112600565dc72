// What paths, queries and headers of the Tabula API say.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "api/tabula/reply.hpp"
#include "domain/coursework.hpp"
#include "domain/event.hpp"

namespace handin::tabula {

// tabula.md 1.1: epoch seconds, dd-MMM-yyyy, yyyy-MM-dd; midnight there. Anything else is none.
std::optional<Time> parse_date(std::string_view text, std::string_view zone);
// tabula.md 3.12: dd-MMM-yyyy HH:mm:ss there, or ISO 8601 with an offset.
std::optional<Time> parse_date_time(std::string_view text, std::string_view zone);

// Of the header Idempotency-Key; the error is the answer.
std::expected<std::optional<domain::ReplayKey>, http::Response> replay_key_of(
    const Call& call, std::string_view verb);

domain::RequestFacts facts_of(const Call& call);

// "13/14": of a year that begins in August.
std::string academic_year(Time time, std::string_view zone);
std::string academic_year_text(int start);
// The year in which it begins; "13/14", "2013" or "current".
std::optional<int> parse_academic_year(std::string_view text, Time now, std::string_view zone);
int academic_year_start(Time time, std::string_view zone);

}  // namespace handin::tabula
