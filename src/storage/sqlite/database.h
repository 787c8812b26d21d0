// SQLite connection, prepared statements, and what their errors mean for the engine.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "crypto/digest.h"

namespace sluice::storage::sqlite {

struct DatabaseError {
    int code = SQLITE_OK;  // SQLite's extended code
    std::string text;      // for the log: no secret
};

template <class T = void>
using DatabaseResult = std::expected<T, DatabaseError>;

/// The same with the error's text alone.
template <class T>
std::expected<T, std::string> explained(DatabaseResult<T> result) {
    if (!result) return std::unexpected(std::move(result).error().text);
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        return *std::move(result);
    }
}

/// What an error says about the file.
enum class Damage : std::uint8_t {
    none,     // another program holds a lock, or memory is short: the next attempt may succeed
    no_room,  // the disk is full, or a quota or a limit of the file's size is reached
    lasting,  // what is on the disk may not be what was written
};
Damage damage_of(const DatabaseError& error);

/// Bound texts and blobs are not copied: they live until reset() or the next binding.
class Statement {
public:
    Statement() = default;
    explicit Statement(sqlite3_stmt* native) : native_(native) {}

    void bind(int place, std::int64_t number) {
        check_bound(sqlite3_bind_int64(native_.get(), place, number));
    }
    void bind(int place, std::string_view text) {
        // A null pointer would stand for SQL's NULL.
        const char* const data = text.data() != nullptr ? text.data() : "";
        check_bound(sqlite3_bind_text(native_.get(), place, data, static_cast<int>(text.size()),
                                      SQLITE_STATIC));
    }
    void bind_blob(int place, std::string_view bytes) {
        const char* const data = bytes.data() != nullptr ? bytes.data() : "";
        check_bound(sqlite3_bind_blob(native_.get(), place, data, static_cast<int>(bytes.size()),
                                      SQLITE_STATIC));
    }
    void bind(int place, const crypto::Digest& digest) {
        bind_blob(place, crypto::as_text(digest));
    }

    int step() { return sqlite3_step(native_.get()); }  // SQLITE_ROW, SQLITE_DONE or an error
    int reset() { return sqlite3_reset(native_.get()); }
    /// Runs a statement that gives no rows, and resets it.
    int run() {
        step();
        return sqlite3_reset(native_.get());
    }
    /// Whether there is a row: SQLITE_ROW, SQLITE_OK where there is none, or an error.
    int any() {
        const bool found = step() == SQLITE_ROW;
        const int code = sqlite3_reset(native_.get());
        return found ? SQLITE_ROW : code;
    }

    std::int64_t integer(int column) { return sqlite3_column_int64(native_.get(), column); }
    /// Valid until the next step() or reset().
    std::string_view text(int column) {
        const auto* const data = sqlite3_column_text(native_.get(), column);
        return {reinterpret_cast<const char*>(data),
                static_cast<std::size_t>(sqlite3_column_bytes(native_.get(), column))};
    }
    /// All zero where the column holds no 32 bytes.
    crypto::Digest digest(int column);

private:
    // Other codes than these are the file's or the memory's affair, and step() gives them.
    static void check_bound(int code) {
        CHECK(code != SQLITE_RANGE && code != SQLITE_MISUSE, "the statement has no such argument");
    }
    struct Finalize {
        void operator()(sqlite3_stmt* native) const { sqlite3_finalize(native); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> native_;
};

/// For one thread at a time. Its statements must be dropped before it.
class Database {
public:
    enum class Access : std::uint8_t { read_only, read_write, create };

    /// Opens a file whose pages carry checksums: see checked_vfs.h. vfs  Null: that one.
    static DatabaseResult<Database> open(const std::string& path, Access access,
                                         const char* vfs = nullptr);

    DatabaseResult<> execute(const char* sql);
    /// The statement is kept: it is parsed once.
    DatabaseResult<Statement> prepare(std::string_view sql);
    /// The first column of the first row; 0 where there is none.
    DatabaseResult<std::int64_t> integer(std::string_view sql);

    /// What the last call that gave an error code complained of.
    DatabaseError error() const;
    int changes() const { return sqlite3_changes(native_.get()); }
    sqlite3* native() const { return native_.get(); }

private:
    struct Close {
        void operator()(sqlite3* native) const { sqlite3_close_v2(native); }
    };
    explicit Database(sqlite3* native) : native_(native) {}
    std::unique_ptr<sqlite3, Close> native_;
};

}  // namespace sluice::storage::sqlite
