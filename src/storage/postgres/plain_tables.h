// Legacy token tables of a Python server, as text: mcp_access_tokens and mcp_refresh_tokens. Their
// column types differ between deployments.
#pragma once

#include <array>
#include <expected>
#include <string>
#include <string_view>

#include "storage/postgres/blocking_connection.h"

namespace sluice::storage::postgres {

/// One of the two tables; the types as format_type() spells them.
struct PlainTable {
    std::string name;
    std::string scopes;      // text, varchar, json, jsonb or text[]
    std::string expires_at;  // a number of seconds, or a timestamp
    std::string created_at;  // likewise

    /// SQL that makes the column's value from one of text (scopes) or bigint (times).
    std::string write_scopes(std::string_view text) const;
    static std::string write_time(const std::string& type, std::string_view seconds);
    /// SQL that reads the columns of `alias` as text and bigint; no end is one far away.
    std::string read_scopes(std::string_view alias) const;
    std::string read_expires_at(std::string_view alias) const;
    std::string read_created_at(std::string_view alias) const;
};

struct PlainTables {
    PlainTable access;
    PlainTable refresh;
};

/// Looks at the columns. Errors name each column that cannot be used.
std::expected<PlainTables, std::string> find_plain_tables(BlockingConnection& connection);

}  // namespace sluice::storage::postgres
