#include "storage/sqlite/opening.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/result.h"
#include "storage/sqlite/log_check.h"
#include "storage/sqlite/schema.h"

namespace sluice::storage::sqlite {
namespace {

// A database up to this size is checked whole before anybody is answered: some tens of
// milliseconds. A larger one is checked in the background.
constexpr std::uint64_t checked_at_once_bytes = 16 << 20;
// For a server that was killed a moment ago.
constexpr std::chrono::milliseconds lock_patience{1000};

std::expected<void, std::string> with_path(const std::string& path, DatabaseResult<> result) {
    if (result) return {};
    return std::unexpected(fmt::format("{}: {}", path, result.error().text));
}

/// Under another name first: a database is there whole, or not at all.
std::expected<void, std::string> create(const std::string& path) {
    if (file_size(path + "-wal").value_or(0) > 0) {
        return std::unexpected(fmt::format(
            "{0}: is empty or missing, but its log {0}-wal is there: put the database back, or "
            "restore a backup with `sluice restore`",
            path));
    }
    for (const std::string& left : {draft_of_restore(path), aside_of_restore(path)}) {
        if (!file_size(left)) continue;
        return std::unexpected(fmt::format(
            "{}: is missing, but {} is there: run `sluice restore` again, or move that away", path,
            left));
    }
    const std::string draft = path + ".new";
    for (const char* rest : {"", "-journal", "-wal", "-shm"}) unlink((draft + rest).c_str());
    REQUIRE(create_private_file(draft));
    {
        auto database = Database::open(draft, Database::Access::read_write);
        if (!database) return std::unexpected(fmt::format("{}: {}", draft, database.error().text));
        REQUIRE(with_path(draft, create_schema(*database)));
    }
    REQUIRE(sync_file(draft));
    if (std::rename(draft.c_str(), path.c_str()) != 0) {
        return std::unexpected(fmt::format("{}: cannot be created: {}", path, system_error_text()));
    }
    return sync_directory_of(path);
}

std::expected<void, std::string> look_over(const SqliteSettings& settings, Opened& opened) {
    const std::string& path = settings.path;
    auto database = Database::open(path, Database::Access::read_write);
    if (!database) return std::unexpected(fmt::format("{}: {}", path, database.error().text));
    const auto id = database->integer("PRAGMA application_id");
    if (!id && damage_of(id.error()) == Damage::lasting) {
        return std::unexpected(explain_damage(path, id.error().text));
    }
    if (!id) return std::unexpected(fmt::format("{}: {}", path, id.error().text));
    if (*id != application_id) {
        return std::unexpected(
            fmt::format("{}: is a database of another program: name another file", path));
    }
    if (!opened.lock) return {};  // the server that runs has done the rest
    if (file_size(path).value_or(0) <= checked_at_once_bytes) {
        if (const auto damage = check_tables(*database)) {
            return std::unexpected(explain_damage(path, damage->text));
        }
        opened.was_checked_whole = true;
    }
    const auto upgraded = upgrade_schema(*database);
    if (!upgraded) return std::unexpected(fmt::format("{}: {}", path, upgraded.error()));
    // The log begins anew, so that nothing of an earlier life is behind its end.
    const auto emptied = database->execute("PRAGMA wal_checkpoint(TRUNCATE)");
    if (!emptied && damage_of(emptied.error()) == Damage::no_room) {
        opened.notices.push_back(path + ": there is no room to copy the log into the database");
        return {};
    }
    return with_path(path, emptied);
}

}  // namespace

std::string explain_damage(const std::string& path, const std::string& what) {
    return fmt::format(
        "{}: is damaged, or not a Sluice database: {}. Check the disk, and restore a backup with "
        "`sluice restore`, or name another file",
        path, what);
}

std::optional<DatabaseError> check_tables(Database& database, bool (*wants_to_stop)(void*),
                                          void* argument) {
    struct Question {
        bool (*ask)(void*);
        void* argument;
    } question{wants_to_stop, argument};
    if (wants_to_stop != nullptr) {
        const auto ask = [](void* of) {
            const auto& stop = *static_cast<Question*>(of);
            return stop.ask(stop.argument) ? 1 : 0;
        };
        sqlite3_progress_handler(database.native(), 10000, ask, &question);
    }
    std::optional<DatabaseError> damage;
    auto check = database.prepare("PRAGMA quick_check(1)");
    if (!check) {
        damage = check.error();
    } else if (check->step() == SQLITE_ROW) {
        const std::string found(check->text(0));
        if (found != "ok") damage = DatabaseError{SQLITE_CORRUPT, found};
    } else {
        damage = database.error();
    }
    sqlite3_progress_handler(database.native(), 0, nullptr, nullptr);
    if (damage && damage->code == SQLITE_INTERRUPT) return std::nullopt;
    return damage;
}

std::expected<Opened, std::string> open_file(const SqliteSettings& settings) {
    const std::string& path = settings.path;
    if (path.empty() || path.front() == ':') {
        return std::unexpected(fmt::format("\"{}\" is not a valid database path", path));
    }
    if (access(directory_of(path).c_str(), F_OK) != 0) {
        return std::unexpected(
            fmt::format("{}: its directory {} is not there: create it, owned by "
                        "the user that runs sluice",
                        path, directory_of(path)));
    }
    Opened opened;
    TRY(opened.lock,
        FileLock::take(path, settings.is_tool ? std::chrono::milliseconds{} : lock_patience));
    if (!opened.lock && !settings.is_tool) {
        return std::unexpected(fmt::format(
            "{}: another process has it open (it holds {}.lock): stop it, or name another file",
            path, path));
    }
    if (opened.lock) {
        if (file_size(path).value_or(0) == 0) {
            unlink(path.c_str());
            REQUIRE(create(path));
        }
        const auto log = check_log(path + "-wal");
        if (!log) return std::unexpected(explain_damage(path, log.error()));
        if (*log) opened.notices.push_back(**log);
    }
    REQUIRE(look_over(settings, opened));
    return opened;
}

}  // namespace sluice::storage::sqlite
