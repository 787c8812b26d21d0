#include "server/storage_command_line.h"

#include <CLI/CLI.hpp>

namespace sluice::server {
namespace {

constexpr const char* config_help = "The configuration file";

void add_config(CLI::App* command, std::string& config) {
    command->add_option("--config", config, config_help)->type_name("FILE")->required();
}

void describe_copies(CLI::App& app, StorageArguments& to) {
    CLI::App* backup = app.add_subcommand("backup",
                                          "Copy the database of engine sqlite to a file, complete "
                                          "and checked, while the server runs");
    add_config(backup, to.backup.config);
    backup->add_option("FILE", to.backup.file, "The copy; must not be there yet")
        ->type_name("")
        ->required();
    backup->footer(
        "The copy is one moment's state. It does not hold the key file, which seals the server's "
        "own "
        "keys: keep a copy of that too, and elsewhere. PostgreSQL has pg_dump.");

    CLI::App* restore = app.add_subcommand(
        "restore",
        "Put a copy in the place of the database of engine sqlite; the server is stopped");
    add_config(restore, to.restore.config);
    restore->add_option("FILE", to.restore.file, "What `sluice backup` wrote")
        ->type_name("")
        ->required();
    restore->footer(
        "The copy is checked first. What is in the database now is kept beside it, under another "
        "name. Tokens that were issued since the copy are unknown then; those revoked since are "
        "valid "
        "again: revoke them once more, or shorten what is at stake.");
}

void describe_user(CLI::App& app, StorageArguments& to) {
    CLI::App* user = app.add_subcommand(
        "user", "Who can sign in, in the database: beside those of [[auth.user]]");
    user->require_subcommand(1);

    to.add_user.action = UserCommand::Action::add;
    CLI::App* add = user->add_subcommand(
        "add", "Add one; the password comes from the terminal, or is a line of standard input");
    add_config(add, to.add_user.config);
    add->add_option("NAME", to.add_user.username, "The name to sign in with")
        ->type_name("")
        ->required();
    add->add_option("--name", to.add_user.name, "The person's name, for the pages")
        ->type_name("TEXT");
    add->add_option("--email", to.add_user.email, "The person's address")->type_name("TEXT");
    add->add_flag("--replace", to.add_user.replace,
                  "One that is there gets a new password, which ends sessions, codes and tokens");

    to.list_users.action = UserCommand::Action::list;
    CLI::App* list = user->add_subcommand("list", "Print their names, one a line");
    add_config(list, to.list_users.config);

    to.remove_user.action = UserCommand::Action::remove;
    CLI::App* remove = user->add_subcommand(
        "remove", "Remove one; what they had ends within a second: sessions, codes, tokens");
    add_config(remove, to.remove_user.config);
    remove->add_option("NAME", to.remove_user.username, "The name to sign in with")
        ->type_name("")
        ->required();
}

void add_filter(CLI::App* command, GrantsCommand& to) {
    add_config(command, to.config);
    command->add_option("--user", to.user, "Of this person, by the name to sign in with")
        ->type_name("NAME");
    command->add_option("--client", to.client, "Of this client_id")->type_name("ID");
    command->add_option("--resource", to.resource, "With a token for this resource")
        ->type_name("URI");
}

void describe_grants(CLI::App& app, StorageArguments& to) {
    CLI::App* grants = app.add_subcommand(
        "grants", "What clients may do, and for whom: each grant with all its tokens");
    grants->require_subcommand(1);

    to.list_grants.action = GrantsCommand::Action::list;
    CLI::App* list = grants->add_subcommand(
        "list", "Print them, one a line: client, user, resource, scope, issued, expires");
    add_filter(list, to.list_grants);

    to.revoke_grants.action = GrantsCommand::Action::revoke;
    CLI::App* revoke = grants->add_subcommand(
        "revoke", "End those that are named, on every core and box within a second");
    add_filter(revoke, to.revoke_grants);
    revoke->footer(
        "Those with all that is said: --user alice --client app ends what alice allowed app, and "
        "nothing else. Who may still sign in may also allow it again: `sluice user remove`.");
}

}  // namespace

void describe_storage(CLI::App& app, StorageArguments& to) {
    CLI::App* migrate = app.add_subcommand(
        "migrate",
        "Bring the tables in PostgreSQL to what this version needs, and say what was done");
    add_config(migrate, to.migrate.config);
    migrate->add_flag("--dry-run", to.migrate.dry_run,
                      "Print the SQL that would run; change nothing");
    migrate->footer(
        "May run while servers of this version and of the one before do. SQLite needs none: the "
        "server brings its file up to date when it starts.");
    describe_copies(app, to);
    describe_user(app, to);
    describe_grants(app, to);

    CLI::App* keys = app.add_subcommand("keys", "The keys that sign JWT access tokens");
    keys->require_subcommand(1);
    CLI::App* rotate = keys->add_subcommand(
        "rotate", "Make the next one now: published at once, it signs ten minutes later");
    add_config(rotate, to.rotate_keys.config);
    rotate->footer(
        "May run while servers do. The former key stays published until no token that it has "
        "signed is alive.");

    CLI::App* forget = app.add_subcommand(
        "forget-keys",
        "Let the server begin with new keys of its own, where the key that seals them is lost");
    add_config(forget, to.forget_keys.config);
    forget->footer(
        "Stop every server that shares the database first. Tokens, clients and users stay as they "
        "are. People have to sign in again, and a client that repeats a "
        "refresh which it made before gets no second answer.");
}

std::optional<Command> storage_command(const CLI::App& app, const StorageArguments& from) {
    if (app.got_subcommand("migrate")) return from.migrate;
    if (app.got_subcommand("backup")) return from.backup;
    if (app.got_subcommand("restore")) return from.restore;
    if (app.got_subcommand("forget-keys")) return from.forget_keys;
    if (app.got_subcommand("keys")) return from.rotate_keys;
    if (app.got_subcommand("grants")) {
        const bool lists = app.get_subcommand("grants")->got_subcommand("list");
        return lists ? from.list_grants : from.revoke_grants;
    }
    if (!app.got_subcommand("user")) return std::nullopt;
    const CLI::App* user = app.get_subcommand("user");
    if (user->got_subcommand("add")) return from.add_user;
    if (user->got_subcommand("remove")) return from.remove_user;
    return from.list_users;
}

}  // namespace sluice::server
