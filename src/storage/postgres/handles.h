// RAII handles of libpq's connections and results.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::storage::postgres {

struct FinishConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using ConnectionPtr = std::unique_ptr<PGconn, FinishConnection>;

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

/// A column of bigint as a binary result has it; -1 where it is none.
inline std::int64_t number_at(const PGresult* result, int row, int column) {
    if (PQgetlength(result, row, column) != 8) return -1;
    std::uint64_t number = 0;
    for (const char byte : std::string_view(PQgetvalue(result, row, column), 8)) {
        number = number << 8 | static_cast<unsigned char>(byte);
    }
    return static_cast<std::int64_t>(number);
}

/// A column of text or bytea; valid while the result lives.
inline std::string_view text_at(const PGresult* result, int row, int column) {
    return {PQgetvalue(result, row, column),
            static_cast<std::size_t>(PQgetlength(result, row, column))};
}

/// libpq's messages have several lines and end in one: in one line, for a log.
inline std::string one_line(std::string_view message) {
    std::string line(message.substr(0, message.find_last_not_of(" \n") + 1));
    for (std::size_t at = line.find('\n'); at != std::string::npos; at = line.find('\n', at)) {
        line.replace(at, line.find_first_not_of("\n\t ", at) - at, " ");
    }
    return line;
}

}  // namespace sluice::storage::postgres
