// Command line of storage: the part that is about what is stored.
#pragma once

#include <optional>

#include "server/command_line.h"

namespace CLI {
class App;
}

namespace sluice::server {

/// Where the parser writes what it reads; lives as long as the parser.
struct StorageArguments {
    MigrateCommand migrate;
    BackupCommand backup;
    RestoreCommand restore;
    UserCommand add_user;
    UserCommand list_users;
    UserCommand remove_user;
    GrantsCommand list_grants;
    GrantsCommand revoke_grants;
    ForgetKeysCommand forget_keys;
    RotateKeysCommand rotate_keys;
};

void describe_storage(CLI::App& app, StorageArguments& to);

/// What was read; nothing where it was another command.
std::optional<Command> storage_command(const CLI::App& app, const StorageArguments& from);

}  // namespace sluice::server
