// Prepared statements of the engine, once for each thread.
#pragma once

#include "storage/sqlite/database.h"

namespace sluice::storage::sqlite {

/// Of the writer. Numbers in comments are the places of bound values.
struct WriteStatements {
    static DatabaseResult<WriteStatements> prepare(Database& database);

    Database* database;
    Statement begin;
    Statement commit;
    Statement has_access;      // a row where 1: tag has any
    Statement has_refresh;     // the same
    Statement living_access;   // a row where 1: tag has one that expires after 2: seconds
    Statement living_refresh;  // the same
    Statement add_access;      // 1: tag 2: digest 3: issued 4: expires 5: client 6: user 7: scope
                               // 8: resource
    Statement add_refresh;     // the same
    Statement mark_rotated;    // 1: tag 2: digest 3: when 4: now; changes one row if it is current
    Statement prune_access;    // 1: tag 2: of those issued last, how many stay
    Statement prune_refresh;   // 1: tag 2: those that were replaced before
    Statement revoke_access;   // 1: tag
    Statement revoke_refresh;  // 1: tag
    Statement put_document;    // 1: kind 2: key 3: expires (ms) 4: value
    Statement put_new;         // the same, 5: now (ms); changes no row where something is there
    Statement erase_document;  // 1: kind 2: key 3: now (ms); changes one row where it is there
    Statement probe;           // 1: now
};

/// Of a reader.
struct ReadStatements {
    static DatabaseResult<ReadStatements> prepare(Database& database);

    Database* database;
    Statement begin;
    Statement commit;
    Statement access_family;   // 1: tag 2: now
    Statement refresh_family;  // the same
    Statement access_part;     // 1: first tag 2: last tag 3: now
    Statement refresh_part;    // the same
    Statement get_document;    // 1: kind 2: key 3: now (ms)
    Statement list_documents;  // 1: kind 2: after 3: now (ms) 4: at most
};

}  // namespace sluice::storage::sqlite
