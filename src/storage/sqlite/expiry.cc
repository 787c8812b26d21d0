#include "storage/sqlite/expiry.h"

#include <fmt/format.h>

#include "base/result.h"

namespace sluice::storage::sqlite {
namespace {

struct TableNames {
    const char* table;
    const char* first;
    const char* second;
};

constexpr std::array<TableNames, 3> names{{{"access_tokens", "tag", "digest"},
                                           {"refresh_tokens", "tag", "digest"},
                                           {"documents", "kind", "key"}}};
constexpr std::size_t documents = 2;

}  // namespace

DatabaseResult<Expiry> Expiry::prepare(Database& database) {
    Expiry expiry;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto [table, first, second] = names[i];
        // Documents that never expire have a zero there.
        const char* const expires = i == documents ? "expires_at > 0 AND expires_at" : "expires_at";
        TRY(Statement last_key,
            database.prepare(fmt::format(
                "SELECT {1}, {2} FROM {0} WHERE ({1}, {2}) > (?1, ?2) ORDER BY {1}, {2} "
                "LIMIT 1 OFFSET {3}",
                table, first, second, rows_a_step - 1)));
        TRY(Statement remove,
            database.prepare(fmt::format("DELETE FROM {0} WHERE ({1}, {2}) > (?1, ?2) "
                                         "AND ({1}, {2}) <= (?3, ?4) AND {3} <= ?5",
                                         table, first, second, expires)));
        TRY(Statement remove_rest, database.prepare(fmt::format(
                                       "DELETE FROM {0} WHERE ({1}, {2}) > (?1, ?2) AND {3} <= ?3",
                                       table, first, second, expires)));
        expiry.tables_[i] = {std::move(last_key), std::move(remove), std::move(remove_rest),
                             i == documents};
    }
    return expiry;
}

int Expiry::step(const BatchTime& time) {
    Table& table = tables_[table_];
    const std::int64_t now = table.has_text_keys ? time.now_ms : time.now_s;
    bind_key(table.last_key, 1, first_, second_);
    const bool more = table.last_key.step() == SQLITE_ROW;
    const std::int64_t first = more ? table.last_key.integer(0) : 0;
    const std::string second(more ? table.last_key.text(1) : std::string_view());
    if (const int code = table.last_key.reset(); code != SQLITE_OK) return code;

    Statement& remove = more ? table.remove : table.remove_rest;
    bind_key(remove, 1, first_, second_);
    if (more) bind_key(remove, 3, first, second);
    remove.bind(more ? 5 : 3, now);
    if (const int code = remove.run(); code != SQLITE_OK) return code;

    first_ = more ? first : -1;
    second_ = more ? second : std::string();
    if (!more) table_ = (table_ + 1) % tables_.size();
    round_ended_ |= !more && table_ == 0;
    return SQLITE_OK;
}

void Expiry::bind_key(Statement& statement, int place, std::int64_t first,
                      std::string_view second) {
    statement.bind(place, first);
    if (tables_[table_].has_text_keys) {
        statement.bind(place + 1, second);
    } else {
        statement.bind_blob(place + 1, second);
    }
}

}  // namespace sluice::storage::sqlite
