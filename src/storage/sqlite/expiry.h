// Garbage collection of expired rows: in the background, in steps that are bounded however large
// the tables are.
#pragma once

#include <array>
#include <string>
#include <utility>

#include "storage/sqlite/database.h"
#include "storage/sqlite/job.h"

namespace sluice::storage::sqlite {

/// Walks the primary keys of all tables, round after round, on the writer's connection.
class Expiry {
public:
    static DatabaseResult<Expiry> prepare(Database& database);

    static constexpr int rows_a_step = 500;

    /// Looks at the next rows and removes those whose time is over, inside a transaction of the
    /// caller. Gives SQLITE_OK or what failed.
    int step(const BatchTime& time);

    /// Whether a round has ended since this was asked last: rest for a while then.
    bool take_round_end() { return std::exchange(round_ended_, false); }

private:
    struct Table {
        Statement last_key;     // of the next rows behind 1, 2; no row where fewer are left
        Statement remove;       // 1, 2: behind 3, 4: up to 5: now
        Statement remove_rest;  // 1, 2: behind 3: now
        bool has_text_keys;     // then time is in milliseconds too
    };

    void bind_key(Statement& statement, int place, std::int64_t first, std::string_view second);

    std::array<Table, 3> tables_;
    std::size_t table_ = 0;
    std::int64_t first_ = -1;  // the last key that was looked at: tag or kind,
    std::string second_;       // and digest or key
    bool round_ended_ = false;
};

}  // namespace sluice::storage::sqlite
