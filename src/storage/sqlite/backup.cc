#include "storage/sqlite/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "base/result.h"
#include "storage/sqlite/log_check.h"
#include "storage/sqlite/opening.h"
#include "storage/sqlite/schema.h"

namespace sluice::storage::sqlite {
namespace {

using Done = std::expected<void, std::string>;

// So much is copied at a time; between two steps others may have the disk.
constexpr int pages_a_step = 1024;
constexpr int pause_ms = 1;

std::string about(const std::string& path, const std::string& text) {
    return fmt::format("{}: {}", path, text);
}
std::string about(const std::string& path, const DatabaseError& error) {
    return about(path, error.text);
}

bool exists(const std::string& path) {
    return file_size(path).has_value();
}

void remove_database(const std::string& path) {
    for (const char* rest : {"", "-journal", "-wal", "-shm"}) unlink((path + rest).c_str());
}

Done rename_file(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) == 0) return {};
    return std::unexpected(
        fmt::format("{}: cannot be renamed to {}: {}", from, to, system_error_text()));
}

/// Never over a file that is there. Some file systems cannot promise that; there it was looked for.
Done rename_to_new(const std::string& from, const std::string& to) {
    if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (errno == EINVAL || errno == ENOSYS) return rename_file(from, to);
    return std::unexpected(about(to, system_error_text()));
}

/// Opens what has to be a database of sluice already.
std::expected<Database, std::string> open_existing(const std::string& path) {
    if (!exists(path)) return std::unexpected(about(path, "there is no such file"));
    auto database = Database::open(path, Database::Access::read_write);
    if (!database) return std::unexpected(about(path, database.error()));
    const auto id = database->integer("PRAGMA application_id");
    if (!id && damage_of(id.error()) != Damage::lasting) {
        return std::unexpected(about(path, id.error()));
    }
    if (!id) return std::unexpected(explain_damage(path, id.error().text));
    if (*id != application_id) {
        return std::unexpected(about(path, "is not a Sluice database"));
    }
    return *std::move(database);
}

/// The source's snapshot is held all the while, so that writers never make the copy begin anew.
Done copy_pages(Database& from, Database& to, const std::string& to_path) {
    REQUIRE(explained(from.execute("BEGIN; SELECT count(*) FROM sqlite_schema")));
    sqlite3_backup* const copy = sqlite3_backup_init(to.native(), "main", from.native(), "main");
    if (copy == nullptr) return std::unexpected(about(to_path, to.error()));
    int code = SQLITE_OK;
    while (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) {
        code = sqlite3_backup_step(copy, pages_a_step);
        if (code != SQLITE_DONE) sqlite3_sleep(pause_ms);
    }
    const int end = sqlite3_backup_finish(copy);
    static_cast<void>(from.execute("COMMIT"));
    if (code == SQLITE_DONE && end == SQLITE_OK) return {};
    if (code == SQLITE_IOERR_DATA || (code & 0xff) == SQLITE_CORRUPT) {
        return std::unexpected(
            "a page that is to be copied is damaged: the database needs a "
            "backup restored, with `sluice restore`");
    }
    return std::unexpected(about(to_path, to.error()));
}

Done write_draft(const std::string& path, const std::string& draft) {
    TRY(Database from, open_existing(path));
    REQUIRE(create_private_file(draft));
    auto to = Database::open(draft, Database::Access::read_write);
    if (!to) return std::unexpected(about(draft, to.error()));
    REQUIRE(explained(to->execute("PRAGMA synchronous = FULL")));
    return copy_pages(from, *to, draft);
}

Done check_schema(Database& database, const std::string& path) {
    const auto version = database.integer("PRAGMA user_version");
    if (!version) return std::unexpected(about(path, version.error()));
    if (*version >= 1 && *version <= schema_version) return {};
    return std::unexpected(
        fmt::format("{}: its schema has version {}, this program supports versions up to {}: use "
                    "the version of sluice that wrote it",
                    path, *version, schema_version));
}

Done check_database(const std::string& path) {
    TRY(Database database, open_existing(path));
    REQUIRE(check_schema(database, path));
    if (const auto damage = check_tables(database)) {
        return std::unexpected(explain_damage(path, damage->text));
    }
    return {};
}

/// Byte by byte: `from` may be where nothing can be written.
Done copy_file(const std::string& from, const std::string& to) {
    const Descriptor source(open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source.is_open()) return std::unexpected(about(from, system_error_text()));
    const Descriptor target(open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!target.is_open()) return std::unexpected(about(to, system_error_text()));
    std::string block(1 << 20, '\0');
    for (;;) {
        const ssize_t got = read(source.number(), block.data(), block.size());
        if (got < 0) return std::unexpected(about(from, system_error_text()));
        if (got == 0) break;
        for (ssize_t done = 0; done < got;) {
            const ssize_t put =
                write(target.number(), block.data() + done, static_cast<std::size_t>(got - done));
            if (put < 0) return std::unexpected(about(to, system_error_text()));
            done += put;
        }
    }
    if (fsync(target.number()) == 0) return {};
    return std::unexpected(about(to, system_error_text()));
}

/// The database first: without it nobody starts while its log is there.
Done put_aside(const std::string& path, const std::string& aside) {
    if (exists(path)) {
        REQUIRE(rename_file(path, aside));
        REQUIRE(sync_directory_of(path));
    }
    if (exists(path + "-wal")) {
        REQUIRE(rename_file(path + "-wal", aside + "-wal"));
    }
    unlink((path + "-shm").c_str());
    return sync_directory_of(path);
}

}  // namespace

Done backup(const std::string& path, const std::string& to) {
    if (exists(to)) return std::unexpected(about(to, "already exists: name another file"));
    const std::string draft = to + ".partial";
    remove_database(draft);
    Done done = write_draft(path, draft);
    if (done) done = sync_file(draft);
    if (done) done = rename_to_new(draft, to);
    if (done) return sync_directory_of(to);
    remove_database(draft);
    return done;
}

Done restore(const std::string& from, const std::string& path) {
    if (!exists(from)) return std::unexpected(about(from, "there is no such file"));
    if (file_size(from + "-wal").value_or(0) > 0) {
        return std::unexpected(about(
            from,
            "is a database with a log, not a backup: make a backup of it with `sluice backup`"));
    }
    TRY(const std::optional<FileLock> lock, FileLock::take(path));
    if (!lock) {
        return std::unexpected(about(path, "a server has it open: stop the server first"));
    }
    const std::string aside = aside_of_restore(path);
    if (exists(path) && exists(aside)) {
        return std::unexpected(about(aside, "is there from an earlier restore: move it away"));
    }
    const std::string draft = draft_of_restore(path);
    remove_database(draft);
    Done done = copy_file(from, draft);
    if (done) done = check_database(draft);
    if (!done) {
        remove_database(draft);
        return done;
    }
    REQUIRE(put_aside(path, aside));
    REQUIRE(rename_file(draft, path));
    return sync_directory_of(path);
}

Done check(const std::string& path) {
    TRY(const std::optional<FileLock> lock, FileLock::take(path));
    if (lock) {
        const auto log = check_log(path + "-wal");
        if (!log) return std::unexpected(explain_damage(path, log.error()));
    }
    return check_database(path);
}

}  // namespace sluice::storage::sqlite
