// The end of a statement "WITH won AS (… RETURNING 1)" that fails unless it has changed $1 rows. So
// a transaction that is sent whole, in one round trip, writes all or nothing. The text is what the
// server's log shows.
#pragma once

#define HANDIN_UNLESS_ALL                                           \
    " SELECT CAST(CASE WHEN count(*) = $1::bigint THEN '0'"         \
    " ELSE 'handin: rows have changed, the batch is decided again'" \
    " END AS bigint) FROM won"
