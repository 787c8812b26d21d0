#include "storage/postgres/plain_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/result.h"

namespace sluice::storage::postgres {
namespace {

constexpr std::array numbers = {"bigint", "integer", "numeric", "double precision"};

bool is_text(std::string_view type) {
    return type == "text" || type.starts_with("character varying");
}

bool is_number(std::string_view type) {
    return std::ranges::find(numbers, type) != numbers.end();
}

bool holds_scopes(std::string_view type) {
    return is_text(type) || type == "json" || type == "jsonb" || type == "text[]" ||
           type == "character varying[]";
}

bool holds_time(std::string_view type) {
    return is_number(type) || type.starts_with("timestamp");
}

std::string read_time(const std::string& type, const std::string& column) {
    if (is_number(type)) return fmt::format("{}::bigint", column);
    if (type.ends_with("with time zone"))
        return fmt::format("extract(epoch FROM {})::bigint", column);
    return fmt::format("extract(epoch FROM {} AT TIME ZONE 'UTC')::bigint", column);
}

using Columns = std::map<std::string, std::string, std::less<>>;

void look_at(const Columns& columns, PlainTable& table, std::string& problems) {
    const auto use = [&](std::string_view column, auto fits, std::string_view wanted) {
        const auto found = columns.find(fmt::format("{}.{}", table.name, column));
        if (found == columns.end()) {
            problems += fmt::format("{}.{} is missing; ", table.name, column);
            return std::string();
        }
        if (!fits(found->second)) {
            problems +=
                fmt::format("{}.{} is {}, not {}; ", table.name, column, found->second, wanted);
        }
        return found->second;
    };
    for (const char* column : {"token", "client_id", "resource", "user_id"}) {
        use(column, is_text, "text");
    }
    table.scopes = use("scopes", holds_scopes, "text, json or text[]");
    table.expires_at = use("expires_at", holds_time, "a number of seconds or a timestamp");
    table.created_at = use("created_at", holds_time, "a number of seconds or a timestamp");
}

}  // namespace

std::string PlainTable::write_scopes(std::string_view text) const {
    if (is_text(scopes)) return std::string(text);
    if (scopes == "json") return fmt::format("to_json(string_to_array({}, ' '))", text);
    if (scopes == "jsonb") return fmt::format("to_jsonb(string_to_array({}, ' '))", text);
    return fmt::format("string_to_array({}, ' ')", text);
}

std::string PlainTable::write_time(const std::string& type, std::string_view seconds) {
    if (is_number(type)) return fmt::format("{}::{}", seconds, type);
    if (type.ends_with("with time zone")) return fmt::format("to_timestamp({})", seconds);
    return fmt::format("to_timestamp({}) AT TIME ZONE 'UTC'", seconds);
}

std::string PlainTable::read_scopes(std::string_view alias) const {
    const std::string column = fmt::format("{}.scopes", alias);
    constexpr auto elements = "(SELECT string_agg(e, ' ') FROM {}_array_elements_text({}) e)";
    std::string text;
    if (is_text(scopes)) {
        // A text may hold a JSON array, as json.dumps() makes it.
        text = fmt::format("CASE WHEN left({}, 1) = '[' THEN {} ELSE {} END", column,
                           fmt::format(elements, "json", column + "::json"), column);
    } else if (scopes == "json" || scopes == "jsonb") {
        text = fmt::format(elements, scopes, column);
    } else {
        text = fmt::format("array_to_string({}, ' ')", column);
    }
    return fmt::format("coalesce({}, '')", text);
}

std::string PlainTable::read_expires_at(std::string_view alias) const {
    return fmt::format("coalesce({}, 4102444800)",
                       read_time(expires_at, fmt::format("{}.expires_at", alias)));
}

std::string PlainTable::read_created_at(std::string_view alias) const {
    return fmt::format("coalesce({}, 0)",
                       read_time(created_at, fmt::format("{}.created_at", alias)));
}

std::expected<PlainTables, std::string> find_plain_tables(BlockingConnection& connection) {
    TRY(const ResultPtr rows,
        connection.execute(
            "SELECT c.relname || '.' || a.attname, format_type(a.atttypid, NULL) FROM pg_class c "
            "JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.oid IN "
            "(to_regclass('mcp_access_tokens'), to_regclass('mcp_refresh_tokens')) "
            "AND a.attnum > 0 AND NOT a.attisdropped"));
    Columns columns;
    for (int row = 0; row < PQntuples(rows.get()); ++row) {
        columns.emplace(PQgetvalue(rows.get(), row, 0), PQgetvalue(rows.get(), row, 1));
    }
    PlainTables tables{.access = {.name = "mcp_access_tokens"},
                       .refresh = {.name = "mcp_refresh_tokens"}};
    std::string problems;
    look_at(columns, tables.access, problems);
    look_at(columns, tables.refresh, problems);
    if (!problems.empty()) return failure(problems.substr(0, problems.size() - 2));
    return tables;
}

}  // namespace sluice::storage::postgres
