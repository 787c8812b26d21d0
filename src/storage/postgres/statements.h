// Prepared statements of a connection, and the order of their parameters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/postgres/plain_tables.h"

namespace sluice::storage::postgres {

enum class Statement : std::uint8_t {
    lock_family,   // $1 tag
    try_locks,     // $1 tags; fails where another transaction holds one of them
    grants,        // arrays: new tokens
    redeem,        // new tokens, code's kind and key, redeemed' kind, key, value and end, now
    rotate,        // new tokens, replaced digest, rotated_at, forget_before, plain: replaced text
    add_access,    // new tokens
    revoke,        // $1 tag
    load,          // $1 tag, $2 now in seconds
    load_foreign,  // the same, $3 text; only where tokens are kept in plain
    find_grants,   // first and last tag, now, and client, user, resource: null: any
    put,           // kind, key, value, end
    put_new,       // kind, key, value, end, now
    get,           // kind, key, now
    erase,         // kind, key, now
    list,          // kind, after, now, count
    count_,
};

/// The name a connection knows it by; literals.
const char* name_of(Statement statement);

struct PreparedStatement {
    Statement statement;
    std::string sql;
};

/// plain  How the tables of plain tokens look, where they are kept too.
std::vector<PreparedStatement> statements(const std::optional<PlainTables>& plain);

}  // namespace sluice::storage::postgres
