// Storage commands (backup, restore, migrate, user, grants, keys, forget-keys). Each gives the
// process's exit status: 0, or 1 with a sentence on standard error.
#pragma once

#include "server/command_line.h"

namespace sluice::server {

int run_migrate(const MigrateCommand& command);
int run_backup(const BackupCommand& command);
int run_restore(const RestoreCommand& command);
int run_user(const UserCommand& command);
int run_grants(const GrantsCommand& command);
int run_forget_keys(const ForgetKeysCommand& command);
int run_rotate_keys(const RotateKeysCommand& command);

}  // namespace sluice::server
