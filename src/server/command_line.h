// The command line of `sluice`: parsed into a value; nothing is run here.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/secret.h"
#include "server/policy_explain.h"
#include "simulate/command.h"

namespace sluice::server {

/// `sluice dev`: everything on loopback, with a ready user.
struct DevCommand {
    std::string listen = "127.0.0.1:8080";
    std::optional<std::string> upstream;  // an MCP server's URL; absent: the built-in notes server
    std::string username = "demo";
    Secret password;      // empty: one is made up and printed
    std::string storage;  // the file that keeps what is made; empty: the default one
    bool memory = false;  // nothing is kept
};

/// `sluice serve --config FILE`
struct ServeCommand {
    std::string config;
};

/// `sluice check-config FILE`
struct CheckConfigCommand {
    std::string config;
};

/// `sluice hash-password`: the password comes from the terminal or standard input.
struct HashPasswordCommand {};

/// `sluice migrate --config FILE [--dry-run]`
struct MigrateCommand {
    std::string config;
    bool dry_run = false;
};

/// `sluice backup --config FILE TO`
struct BackupCommand {
    std::string config;
    std::string file;
};

/// `sluice restore --config FILE FROM`
struct RestoreCommand {
    std::string config;
    std::string file;
};

/// `sluice user add|list|remove --config FILE [NAME]`
struct UserCommand {
    enum class Action { add, list, remove };
    Action action = Action::list;
    std::string config;
    std::string username;  // of add and remove
    std::string name;      // for people to read
    std::string email;
    bool replace = false;  // of add: one that is there gets the new password, name and email
};

/// `sluice grants list|revoke --config FILE [--user NAME] [--client ID] [--resource URI]`
struct GrantsCommand {
    enum class Action { list, revoke };
    Action action = Action::list;
    std::string config;
    // Those with all that is said; of revoke at least one is.
    std::optional<std::string> user;
    std::optional<std::string> client;
    std::optional<std::string> resource;
};

/// `sluice forget-keys --config FILE`
struct ForgetKeysCommand {
    std::string config;
};

/// `sluice keys rotate --config FILE`
struct RotateKeysCommand {
    std::string config;
};

using Command =
    std::variant<DevCommand, ServeCommand, CheckConfigCommand, HashPasswordCommand,
                 simulate::SimulateCommand, MigrateCommand, BackupCommand, RestoreCommand,
                 UserCommand, GrantsCommand, ForgetKeysCommand, RotateKeysCommand, ExplainCommand>;

/// A command line that is to run nothing: --help, --version, or a mistake.
struct CommandLineExit {
    int status = 0;    // 0, or 2 for a mistake
    std::string text;  // to standard output where status is 0, else to standard error
};

std::expected<Command, CommandLineExit> parse_command_line(int argc, const char* const* argv);

}  // namespace sluice::server
